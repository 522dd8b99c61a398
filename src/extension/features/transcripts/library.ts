/** What a transcript document shows: the solution, its critiques from every run that criticises it, and reviews. */
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import {
  type CritiqueSource,
  type FindingGroup,
  findingsBySolution,
  groupFindings,
} from '../../../core/findings/index.ts';
import type { Trace } from '../../../core/reflection/index.ts';
import { problemOfSample } from '../../../core/runs/sampleIds.ts';
import type { Critique, Solution } from '../../../core/schema/lines.ts';
import {
  createPositions,
  renderCritique,
  renderTranscript,
  type Section,
  type SourceMap,
  traceForReading,
} from '../../../core/transcript/index.ts';
import type { PartName } from '../../../node/runs/index.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { type TranscriptAddress, transcriptAddress } from '../../transcriptAddress.ts';

export interface LoadedTranscript {
  readonly address: TranscriptAddress;
  readonly text: string;
  /** Null when there is nothing to point at: the run or sample is gone. */
  readonly sourceMap: SourceMap | null;
  readonly sections: readonly Section[];
  readonly findings: readonly FindingGroup[];
  /** Place of an offset in `text`. */
  readonly place: (offset: number) => vscode.Position;
  /** The reflections of the solution; null for a critique, and when there is nothing to read. */
  readonly trace: () => Trace | null;
}

/** Reads a document from the run directories. A run that has gone is a text that says so, not an error. */
export async function loadTranscript(services: Services, uri: vscode.Uri): Promise<LoadedTranscript> {
  const address = transcriptAddress(uri);
  if (address === null) throw new Error(`${uri.toString()} is not a transcript.`);
  const run = services.runs.find(vscode.Uri.parse(address.folder), address.run);
  if (run === undefined)
    return missing(address, vscode.l10n.t('The run {0} is not there any more.', address.run));
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
  const data = await services.runs.samples.part(run, { sampleId: address.sample });
  const solution = data.solutions.find(({ id }) => id === address.sample);
  if (solution === undefined)
    return missing(address, vscode.l10n.t('The run {0} has no solution {1}.', address.run, address.sample));
  const sources = await critiqueSources(services, run, { sampleId: solution.id });
  const rendered = renderTranscript(
    { manifest: run.manifest, problems: data.problems },
    solution,
    // Samples are written as they finish; a reader wants them by number.
    sources.flatMap(({ critiques }) => [...critiques].sort((a, b) => a.index - b.index)),
    sources.flatMap(({ reviews }) => reviews),
  );
  const gold = data.problems.find(({ id }) => id === solution.problemId)?.answer ?? null;
  return {
    address,
    ...rendered,
    findings: groupFindings(solution.id, sources),
    place: lazyPlaces(rendered.text),
    trace: () => traceOf(solution, gold),
  };
}

async function loadCritique(
  services: Services,
  address: TranscriptAddress,
  run: RunEntry,
): Promise<LoadedTranscript> {
  const data = await services.runs.samples.part(run, { sampleId: address.sample });
  const critique = data.critiques.find(({ id }) => id === address.sample);
  if (critique === undefined)
    return missing(address, vscode.l10n.t('The run {0} has no critique {1}.', address.run, address.sample));
  const rendered = renderCritique(
    { manifest: run.manifest, problems: data.problems },
    critique,
    data.reviews,
  );
  return { address, ...rendered, findings: [], place: lazyPlaces(rendered.text), trace: () => null };
}

/** Rows are read anew only when their run has changed, so that a trace is read once. */
const traces = new WeakMap<Solution, Trace>();

function traceOf(solution: Solution, gold: string | null): Trace {
  const known = traces.get(solution) ?? traceForReading(solution, gold);
  traces.set(solution, known);
  return known;
}

function lazyPlaces(text: string): (offset: number) => vscode.Position {
  let positions: ReturnType<typeof createPositions> | undefined;
  return (offset) => {
    positions ??= createPositions(text);
    const { line, character } = positions(offset);
    return new vscode.Position(line, character);
  };
}

const grouped = new WeakMap<
  RunEntry,
  { key: string; findings: ReadonlyMap<string, readonly FindingGroup[]> }
>();

/** Solutions that are gone through together, with the findings on each that somebody criticised. */
export interface ReviewedSolutions {
  readonly solutions: readonly Solution[];
  readonly findings: ReadonlyMap<string, readonly FindingGroup[]>;
  /** Set when these are only those of one problem: the run, or one that criticises it, is large. */
  readonly problemId: string | null;
}

/** Whether a run or one that criticises it is too large to go through it all. */
export function isLargeReview(services: Services, run: RunEntry): boolean {
  return [run, ...criticsOf(services, run)].some(({ isLarge }) => isLarge);
}

/** The solutions of a run; of a large one those of the same problem as the sample. */
export async function solutionsAround(
  services: Services,
  run: RunEntry,
  sample: string,
): Promise<ReviewedSolutions> {
  const problemId = isLargeReview(services, run) ? problemOfSample(sample) : null;
  return problemId === null ? allSolutions(services, run) : solutionsOfProblem(services, run, problemId);
}

/** The problems of a run that somebody has criticised a solution of. */
export async function criticisedProblems(services: Services, run: RunEntry): Promise<ReadonlySet<string>> {
  const sources = [run, ...criticsOf(services, run)];
  const tallies = await Promise.all(sources.map((source) => services.runs.samples.tallies(source)));
  const all = tallies.flatMap(({ problems }) => problems).filter(({ critiques }) => critiques > 0);
  return new Set(all.map(({ problemId }) => problemId));
}

/** Every solution of a run, with the findings on it. */
export async function allSolutions(services: Services, run: RunEntry): Promise<ReviewedSolutions> {
  const { solutions } = await services.runs.samples.data(run);
  return { solutions, findings: await findingsOfRun(services, run), problemId: null };
}

export async function solutionsOfProblem(
  services: Services,
  run: RunEntry,
  problemId: string,
): Promise<ReviewedSolutions> {
  const isOfProblem = (row: { readonly problemId: string }) => row.problemId === problemId;
  const { solutions } = await services.runs.samples.part(run, { problemId });
  const sources = await critiqueSources(services, run, { problemId });
  const about = sources.map((source) => ({ ...source, critiques: source.critiques.filter(isOfProblem) }));
  return { solutions: solutions.filter(isOfProblem), findings: findingsBySolution(about), problemId };
}

/** The findings on every solution of a run that somebody criticised. */
async function findingsOfRun(
  services: Services,
  run: RunEntry,
): Promise<ReadonlyMap<string, readonly FindingGroup[]>> {
  const key = [run, ...criticsOf(services, run)].map(({ id, revision }) => `${id} ${revision}`).join('\n');
  const known = grouped.get(run);
  if (known?.key === key) return known.findings;
  const findings = findingsBySolution(await critiqueSources(services, run));
  grouped.set(run, { key, findings });
  return findings;
}

/** The run itself and the runs that were made to criticise it; with a name, at least that part of each. */
async function critiqueSources(
  services: Services,
  run: RunEntry,
  name?: PartName,
): Promise<CritiqueSource[]> {
  const { samples } = services.runs;
  const sources: CritiqueSource[] = [];
  for (const source of [run, ...criticsOf(services, run)]) {
    const read = name === undefined ? samples.data(source) : samples.part(source, name);
    const { critiques, reviews } = await read;
    sources.push({ run: source.id, critiques, reviews });
  }
  return sources;
}

/** The runs that were made to criticise this one. */
export function criticsOf(services: Services, run: RunEntry): RunEntry[] {
  return services.runs.runs.filter(
    ({ folder, manifest }) =>
      folder === run.folder &&
      manifest.kind === 'critique' &&
      manifest.parents.some((parent) => parent.kind === 'run' && parent.id === run.id),
  );
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
  const data = await services.runs.samples.part(entry, { sampleId: critique.id });
  const part = { manifest: entry.manifest, problems: data.problems };
  const { text, sourceMap } = renderCritique(part, critique, data.reviews);
  return { text, start: sourceMap.solution[0] };
}

function missing(address: TranscriptAddress, message: string): LoadedTranscript {
  const text = `${message}\n`;
  return {
    address,
    text,
    sourceMap: null,
    sections: [],
    findings: [],
    place: lazyPlaces(text),
    trace: () => null,
  };
}
