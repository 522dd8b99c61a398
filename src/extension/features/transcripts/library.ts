/** What a transcript document shows: the solution, its critiques from every run that criticises it, and reviews. */
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { type CritiqueSource, type FindingGroup, groupFindings } from '../../../core/findings/index.ts';
import type { Critique } from '../../../core/schema/lines.ts';
import { renderCritique, renderTranscript, type SourceMap } from '../../../core/transcript/index.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { type TranscriptAddress, transcriptAddress } from '../../transcriptAddress.ts';

export interface LoadedTranscript {
  readonly address: TranscriptAddress;
  readonly text: string;
  /** Null when there is nothing to point at: the run or sample is gone. */
  readonly sourceMap: SourceMap | null;
  readonly findings: readonly FindingGroup[];
}

/** Reads a document from the run directories. A run that has gone is a text that says so, not an error. */
export async function loadTranscript(services: Services, uri: vscode.Uri): Promise<LoadedTranscript> {
  const address = transcriptAddress(uri);
  if (address === null) throw new Error(`${uri.toString()} is not a transcript.`);
  const run = services.runs.find(vscode.Uri.parse(address.folder), address.run);
  if (run === undefined) return missing(address, `The run ${address.run} is not there any more.`);
  try {
    return address.kind === 'critique'
      ? await loadCritique(services, address, run)
      : await loadSolution(services, address, run);
  } catch (thrown) {
    return missing(address, messageOf(thrown));
  }
}

async function loadSolution(
  services: Services,
  address: TranscriptAddress,
  run: RunEntry,
): Promise<LoadedTranscript> {
  const data = await services.runs.data(run);
  const solution = data.solutions.find(({ id }) => id === address.sample);
  if (solution === undefined)
    return missing(address, `The run ${address.run} has no solution ${address.sample}.`);
  const sources = await critiqueSources(services, run);
  const { text, sourceMap } = renderTranscript(
    data,
    solution,
    // Samples are written as they finish; a reader wants them by number.
    sources.flatMap(({ critiques }) => [...critiques].sort((a, b) => a.index - b.index)),
    sources.flatMap(({ reviews }) => reviews),
  );
  return { address, text, sourceMap, findings: groupFindings(solution.id, sources) };
}

async function loadCritique(
  services: Services,
  address: TranscriptAddress,
  run: RunEntry,
): Promise<LoadedTranscript> {
  const data = await services.runs.data(run);
  const critique = data.critiques.find(({ id }) => id === address.sample);
  if (critique === undefined)
    return missing(address, `The run ${address.run} has no critique ${address.sample}.`);
  return { address, ...renderCritique(data, critique, data.reviews), findings: [] };
}

/** The run itself and the runs that were made to criticise it. */
export async function critiqueSources(services: Services, run: RunEntry): Promise<CritiqueSource[]> {
  const critics = services.runs.runs.filter(
    ({ folder, manifest }) =>
      folder === run.folder &&
      manifest.kind === 'critique' &&
      manifest.parents.some((parent) => parent.kind === 'run' && parent.id === run.id),
  );
  const sources: CritiqueSource[] = [];
  for (const source of [run, ...critics]) {
    const { critiques, reviews } = await services.runs.data(source);
    sources.push({ run: source.id, critiques, reviews });
  }
  return sources;
}

/** Where a critique's sentence stands in the critique's own document. */
export async function critiquePlace(
  services: Services,
  folder: vscode.Uri,
  run: string,
  critique: Critique,
): Promise<{ text: string; start: number } | null> {
  const entry = services.runs.find(folder, run);
  if (entry === undefined) return null;
  const data = await services.runs.data(entry);
  const { text, sourceMap } = renderCritique(data, critique, data.reviews);
  return { text, start: sourceMap.solution[0] };
}

function missing(address: TranscriptAddress, message: string): LoadedTranscript {
  return { address, text: `${message}\n`, sourceMap: null, findings: [] };
}
