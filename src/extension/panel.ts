import * as vscode from 'vscode';
import { messageOf, UserError } from '../core/errors.ts';
import type { Port } from '../core/rpc.ts';
import type { Services } from './services.ts';
import { type PanelPage, setPage, webviewPort, webviewRoot } from './webviewPage.ts';

/** A panel in the editor area and the channel to its page. */
export interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly port: Port;
  /** Whether its page is there to be told something. A closed panel throws when it is asked itself. */
  isVisible(): boolean;
  /** Loads the page; called when the host serves the channel, so that no message is lost. */
  load(): void;
}

/** A new panel, or one that VS Code restores after a reload of the window. */
export function openPanel(
  services: Services,
  { type, title, page }: { type: string; title: string; page: PanelPage },
  restored?: vscode.WebviewPanel,
): OpenPanel {
  const { extensionUri } = services.context;
  const panel =
    restored ??
    vscode.window.createWebviewPanel(type, title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [webviewRoot(extensionUri)],
    });
  let isClosed = false;
  panel.onDidDispose(() => {
    isClosed = true;
  });
  panel.title = title;
  panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icons', 'reflection.svg');
  return {
    panel,
    port: webviewPort(panel.webview),
    isVisible: () => !isClosed && panel.visible,
    load: () => setPage(panel.webview, extensionUri, page),
  };
}

/** What a panel shows when it cannot show what it should. */
export interface PanelFailure {
  readonly status: 'failed';
  readonly message: string;
  readonly remedy: string;
}

export function panelFailure(thrown: unknown): PanelFailure {
  if (thrown instanceof UserError)
    return { status: 'failed', message: thrown.located, remedy: thrown.remedy };
  const remedy = vscode.l10n.t('Close the panel and open it again.');
  return { status: 'failed', message: messageOf(thrown), remedy };
}
