import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { PairRequest, SavedComparison } from '../../../core/protocol/compare.ts';
import { openCritiqueBeside } from '../../openSample.ts';
import type { Services } from '../../services.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import { type Arm, armAt, armOf, fileName, runOfArm } from './arms.ts';
import { resultUri } from './resultText.ts';

/** Opens one sample of a problem from two runs in the diff editor. */
export async function openPair(
  services: Services,
  names: SavedComparison,
  { left, right, problemId, position }: PairRequest,
): Promise<void> {
  const [before, after] = [armOf(services, names, left), armOf(services, names, right)];
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
  await openCritiqueBeside(services, runOfArm(services, names, run), critiqueId);
}

/** The sample at this position, or the arm's first of the problem where it has fewer. */
async function sampleUri(
  services: Services,
  arm: Arm,
  problemId: string,
  position: number,
): Promise<vscode.Uri> {
  const found =
    (await uriAt(services, arm, problemId, position)) ?? (await uriAt(services, arm, problemId, 0));
  if (found !== null) return found;
  throw new UserError('no-sample', vscode.l10n.t('{0} has no sample of {1}.', nameOf(arm), problemId), {
    remedy: vscode.l10n.t('Choose a problem that both runs have.'),
  });
}

async function uriAt(
  services: Services,
  arm: Arm,
  problemId: string,
  position: number,
): Promise<vscode.Uri | null> {
  const [comparer, place] = [services.comparer(), await armAt(arm)];
  if (arm.kind === 'file') {
    const text = await comparer.textAt(place, problemId, position);
    return text === null ? null : resultUri(arm.uri, problemId, position);
  }
  const sample = await comparer.sampleAt(place, problemId, position);
  if (sample === null) return null;
  return transcriptUri({
    folder: arm.run.folder.uri.toString(),
    run: arm.id,
    kind: sample.kind === 'solution' ? 'transcript' : 'critique',
    sample: sample.id,
  });
}

function nameOf(arm: Arm): string {
  if (arm.kind === 'file') return fileName(arm.uri);
  const { manifest, id } = arm.run;
  return manifest.title || manifest.model?.name || id;
}
