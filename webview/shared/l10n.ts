/**
 * Texts of the panels in the language of the editor. The page brings the translations with it
 * (`extension/webviewPage.ts`), so that they are there before anything is drawn; a text without one is shown as it is.
 */
import { config, t } from '@vscode/l10n';

const { texts } = document.body.dataset;
if (texts !== undefined) config({ contents: texts });

export { t };
