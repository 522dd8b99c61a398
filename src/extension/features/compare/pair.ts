import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { PairRequest, SavedComparison } from '../../../core/protocol/compare.ts';
import { openCritiqueBeside } from '../../openSample.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import { entryOf, runAt } from './comparison.ts';

/** Opens one sample of a problem from two runs in the diff editor. */
export async function openPair(
  services: Services,
  names: SavedComparison,
  { left, right, problemId, position }: PairRequest,
): Promise<void> {
  const [before, after] = [entryOf(services, names, left), entryOf(services, names, right)];
  await vscode.commands.executeCommand(
    'vscode.diff',
    await sampleUri(services, before, problemId, position),
    await sampleUri(services, after, problemId, position),
    vscode.l10n.t('{0} · sample {1}: {2} ↔ {3}', problemId, position, nameOf(before), nameOf(after)),
    { preview: true },
  );
}

/** Opens a critique beside the solution that it is about. */
export async function openCritique(
  services: Services,
  names: SavedComparison,
  run: string,
  critiqueId: string,
): Promise<void> {
  await openCritiqueBeside(services, entryOf(services, names, run), critiqueId);
}

/** The sample at this position, or the run's first of the problem where it has fewer. */
async function sampleUri(
  services: Services,
  run: RunEntry,
  problemId: string,
  position: number,
): Promise<vscode.Uri> {
  const comparer = services.comparer();
  const sample =
    (await comparer.sampleAt(runAt(run), problemId, position)) ??
    (await comparer.sampleAt(runAt(run), problemId, 0));
  if (sample === null) {
    throw new UserError('no-sample', vscode.l10n.t('{0} has no sample of {1}.', nameOf(run), problemId), {
      remedy: vscode.l10n.t('Choose a problem that both runs have.'),
    });
  }
  return transcriptUri({
    folder: run.folder.uri.toString(),
    run: run.id,
    kind: sample.kind === 'solution' ? 'transcript' : 'critique',
    sample: sample.id,
  });
}

function nameOf({ manifest, id }: RunEntry): string {
  return manifest.title || manifest.model?.name || id;
}
