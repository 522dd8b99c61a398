import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../../../core/errors.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import { entryOf } from './comparison.ts';
import type { ComparedNames } from './panel.ts';

/** What the page asked for. It is not trusted: everything is looked up among what it was shown. */
const requestSchema = z.object({
  other: z.string(),
  problemId: z.string(),
  index: z.int().min(0),
});

export interface PairRequest {
  readonly names: ComparedNames;
  readonly baseline: string;
  readonly other: string;
  readonly problemId: string;
  readonly index: number;
}

/** Opens one sample of a problem from both runs in the diff editor. */
export async function openPair(services: Services, request: PairRequest): Promise<void> {
  const { names, baseline } = request;
  const { other, problemId, index } = requestSchema.parse(request);
  if (!names.runs.includes(other)) {
    throw new UserError('run-unknown', 'This run is not part of the comparison.', {
      remedy: 'Open it again.',
    });
  }
  const left = entryOf(services, names, baseline);
  const right = entryOf(services, names, other);
  const title = `${problemId} · sample ${index}: ${nameOf(left)} ↔ ${nameOf(right)}`;
  await vscode.commands.executeCommand(
    'vscode.diff',
    await sampleUri(services, left, problemId, index),
    await sampleUri(services, right, problemId, index),
    title,
    { preview: true },
  );
}

async function sampleUri(
  services: Services,
  run: RunEntry,
  problemId: string,
  index: number,
): Promise<vscode.Uri> {
  const { solutions } = await services.runs.data(run);
  const ofProblem = solutions.filter((solution) => solution.problemId === problemId);
  const sample = ofProblem.find((solution) => solution.index === index) ?? ofProblem[0];
  if (sample === undefined) {
    throw new UserError('no-sample', `${run.id} has no solution of ${problemId}.`, {
      remedy: 'Choose a problem that both runs have.',
    });
  }
  return transcriptUri({
    folder: run.folder.uri.toString(),
    run: run.id,
    kind: 'transcript',
    sample: sample.id,
  });
}

function nameOf({ manifest, id }: RunEntry): string {
  return manifest.title || manifest.model?.name || id;
}
