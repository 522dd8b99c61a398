import * as vscode from 'vscode';
import { z } from 'zod';
import { visibleText } from '../../../core/visibleText.ts';
import type { Services } from '../../services.ts';

const ROLLOUT_SCHEME = 'reflection-rollout';
const placeSchema = z.object({ folder: z.string(), run: z.string(), id: z.int().min(0) });
type Place = z.infer<typeof placeSchema>;

/** Opens prompt and completion of a rollout beside the dashboard: read-only, so that nobody is asked to save it. */
export async function openRolloutText(services: Services, place: Place, step: number | null): Promise<void> {
  provideRolloutTexts(services);
  const uri = vscode.Uri.from({
    scheme: ROLLOUT_SCHEME,
    path: `/${place.run}/rollout ${place.id}${step === null ? '' : `, step ${step}`}.txt`,
    query: JSON.stringify(place),
  });
  await vscode.window.showTextDocument(uri, { preview: true, viewColumn: vscode.ViewColumn.Beside });
}

const provided = new WeakSet<Services>();

function provideRolloutTexts(services: Services): void {
  if (provided.has(services)) return;
  provided.add(services);
  const provider: vscode.TextDocumentContentProvider = {
    provideTextDocumentContent: ({ query }) => textOf(services, placeSchema.parse(JSON.parse(query))),
  };
  services.context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(ROLLOUT_SCHEME, provider),
  );
}

async function textOf(services: Services, { folder, run: name, id }: Place): Promise<string> {
  const run = services.runs.find(vscode.Uri.parse(folder), name);
  const rollout = run && (await services.watcher().rollout(run.dir, id));
  if (!rollout) return vscode.l10n.t('The {0} is not there any more.', `rollout ${id}`);
  return visibleText(`${rollout.prompt}\n\n${'─'.repeat(40)}\n\n${rollout.completion}\n`);
}
