import { UserError } from '../../core/errors.ts';
import type { Critique, Solution } from '../../core/schema/lines.ts';
import { isRun, type RunData, readRun } from '../runs/index.ts';
import { buildDataset } from './buildDataset.ts';
import { checkInput, manifestFor } from './configuration.ts';
import { copySolutions } from './copySolutions.ts';
import { datasetOfRun, requireReplaceable } from './dataset.ts';
import { generate, isMade, isOver, type Session } from './generate.ts';
import { resultOf } from './result.ts';
import { manifestOptions } from './sampleManifest.ts';
import type { SampleOptions, SampleOutcome } from './sampleOptions.ts';
import { nextStage, type PlanContext, samplable } from './samplePlan.ts';
import { finishedRun, inRun } from './session.ts';

/**
 * Rejection sampling to a dataset: SCFT (spec A2), its Self-Distill baseline, S2R's stage 0 (spec B3), or rollouts for
 * offline RL (spec B7). Stops when the dataset has its size. Called again with the same directory it makes only what
 * is missing: after an interruption, after failed samples, or because n or the size have grown.
 */
export async function sample(options: SampleOptions): Promise<SampleOutcome> {
  const { problems, problemSet, n, dir, critiques, dataset } = options;
  checkInput(options, problems, n);
  if (samplable(options).length === 0) throw allHeldOut(options);
  const manifest = await manifestFor(options, {
    kind: 'sample',
    n,
    problemSet,
    ...(critiques === 0 ? {} : { critiques, critiqueSampling: options.critiqueSampling ?? options.sampling }),
    options: manifestOptions(options),
  });
  // Before anything is generated.
  if (dataset.output !== undefined && !(await isRun(dir))) await requireReplaceable(dataset.output);
  const finished = await finishedRun(dir, manifest);
  if (finished !== null) {
    const work = newWork(finished.run, options);
    if ((await nextStage(options, work)) === null) {
      const wanted = madeOf(finished.run);
      const written = await datasetOfRun(dir, dataset, options);
      return {
        ...resultOf({ dir, wanted, reused: wanted, rows: [], isInterrupted: false }),
        dataset: written,
      };
    }
  }
  return inRun(options, manifest, problems, async (session) => {
    if (options.solutionsOf !== undefined) await copyFrom(session, options.solutionsOf, dir);
    const run = await readRun(dir);
    const rows = await makeAll(session, run, options);
    const isInterrupted = isOver(session);
    const reused = madeOf(run);
    const written = isInterrupted ? null : await datasetOfRun(dir, dataset, options);
    return {
      ...resultOf({ dir, wanted: reused + rows.length, reused, rows, isInterrupted }),
      dataset: written,
    };
  });
}

function allHeldOut({ problemSet, dataset }: SampleOptions): UserError {
  const held = dataset.filters?.heldOut?.name ?? '';
  return new UserError(
    'all-held-out',
    `Every problem of ${problemSet.name} is in the held-out set ${held}.`,
    {
      remedy: 'Sample on another problem set, or hold another one out.',
    },
  );
}

async function copyFrom(
  session: Session,
  { dir: from, solutionIds }: NonNullable<SampleOptions['solutionsOf']>,
  dir: string,
): Promise<void> {
  const { solutions } = await readRun(from);
  const chosen = solutionIds === undefined ? null : new Set(solutionIds);
  await copySolutions(
    session,
    dir,
    solutions.filter((row) => isMade(row) && (chosen?.has(row.id) ?? true)),
  );
}

function madeOf(run: RunData): number {
  return [...run.solutions, ...run.critiques].filter(isMade).length;
}

/** The lines so far; what is made goes into the maps, too, so that a long run is read once. */
interface Work extends PlanContext {
  readonly lines: {
    readonly solutions: Map<string, Solution>;
    readonly critiques: Map<string, Critique>;
    readonly reviews: RunData['reviews'];
  };
  readonly tried: Set<string>;
}

function newWork(run: RunData, options: SampleOptions): Work {
  const lines = {
    solutions: new Map(run.solutions.map((row) => [row.id, row])),
    critiques: new Map(run.critiques.map((row) => [row.id, row])),
    reviews: run.reviews,
  };
  const isMet = async () => {
    const { size, kind } = options.dataset;
    const needsCritiques = kind === 'scft' || kind === 's2r';
    if (size === null || (needsCritiques && lines.critiques.size === 0)) return false;
    const so = { ...run, solutions: [...lines.solutions.values()], critiques: [...lines.critiques.values()] };
    return (await buildDataset(so, options.dataset, options)).records.length >= size;
  };
  return { lines, tried: new Set(), isMet };
}

async function makeAll(
  session: Session,
  run: RunData,
  options: SampleOptions,
): Promise<(Solution | Critique)[]> {
  const work = newWork(run, options);
  const rows: (Solution | Critique)[] = [];
  for (;;) {
    const stage = isOver(session) ? null : await nextStage(options, work);
    if (stage === null) return rows;
    for (const { id } of stage.jobs) work.tried.add(id);
    if (stage.name === 'solutions') {
      const made = await generate(session, {
        ...stage,
        reused: countMade(work.lines.solutions),
        append: (writer, row) => writer.append('solutions', row),
      });
      for (const row of made) {
        work.lines.solutions.set(row.id, row);
        rows.push(row);
      }
      if (options.dataset.kind === 'offline') checkLogprobs(made, options);
    } else {
      const made = await generate(session, {
        ...stage,
        reused: countMade(work.lines.critiques),
        append: (writer, row) => writer.append('critiques', row),
        engine: options.critic?.engine,
      });
      for (const row of made) {
        work.lines.critiques.set(row.id, row);
        rows.push(row);
      }
    }
  }
}

function countMade(rows: ReadonlyMap<string, Solution | Critique>): number {
  return [...rows.values()].filter(isMade).length;
}

/** Better after the first problems than after all of them. */
function checkLogprobs(made: readonly Solution[], { engine }: SampleOptions): void {
  const finished = made.filter(isMade);
  if (finished.length === 0 || finished.some(({ logprobs }) => logprobs?.texts !== undefined)) return;
  throw new UserError('no-logprobs', `${engine.identity.name} gives no log-probabilities of its tokens.`, {
    remedy:
      'Sample with a model file through llama.cpp, or with a server that returns logprobs, such as vLLM.',
  });
}
