import * as vscode from 'vscode';
import { z } from 'zod';
import { visibleText } from '../../../core/visibleText.ts';
import { provideTexts } from '../../readOnlyTexts.ts';
import type { Services } from '../../services.ts';

const ROLLOUT_SCHEME = 'reflection-rollout';
const placeSchema = z.object({ folder: z.string(), run: z.string(), id: z.int().min(0) });
type Place = z.infer<typeof placeSchema>;

/** Opens prompt and completion of a rollout beside the dashboard. */
export async function openRolloutText(services: Services, place: Place, step: number | null): Promise<void> {
  provideTexts(services, ROLLOUT_SCHEME, ({ query }) =>
    textOf(services, placeSchema.parse(JSON.parse(query))),
  );
  const uri = vscode.Uri.from({
    scheme: ROLLOUT_SCHEME,
    path: `/${place.run}/rollout ${place.id}${step === null ? '' : `, step ${step}`}.txt`,
    query: JSON.stringify(place),
  });
  await vscode.window.showTextDocument(uri, { preview: true, viewColumn: vscode.ViewColumn.Beside });
}

async function textOf(services: Services, { folder, run: name, id }: Place): Promise<string> {
  const run = services.runs.find(vscode.Uri.parse(folder), name);
  const rollout = run && (await services.watcher().rollout(run.dir, id));
  if (!rollout) return vscode.l10n.t('The rollout {0} is not there any more.', id);
  return visibleText(`${rollout.prompt}\n\n${'─'.repeat(40)}\n\n${rollout.completion}\n`);
}
