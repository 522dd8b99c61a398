/** Going on with the beginning of a solution: where it went well so far, and the rest is asked for again. */
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import type { RunManifest } from '../../core/schema/run.ts';
import type { Engine } from '../engines/engine.ts';
import type { RunData } from '../runs/index.ts';

export interface ContinuedSolution {
  readonly run: string;
  readonly solution: string;
  /** Offset in that solution's text: what stands before it is kept. */
  readonly at: number;
  readonly prefix: string;
}

const continuedSchema = z.object({
  continued: z.object({
    run: z.string(),
    solution: z.string(),
    at: z.int().min(0),
    prefix: z.string(),
  }),
});

/** What a run of continuations went on from; undefined for any other run. */
export function continuedIn({ options }: RunManifest): ContinuedSolution | undefined {
  return continuedSchema.safeParse(options).data?.continued;
}

/** The beginning of a solution up to `at`, to be gone on with. */
export function continuedSolution(run: RunData, solutionId: string, at: number): ContinuedSolution {
  const solution = run.solutions.find(({ id }) => id === solutionId);
  if (solution === undefined) {
    throw new UserError('no-solutions', `The run ${run.manifest.id} has no solution "${solutionId}".`, {
      place: { file: run.dir },
      remedy: 'Name solutions as <problem id>#<index>.',
    });
  }
  const { length } = solution.text;
  if (at > length) {
    throw new UserError('usage', `${solutionId} has ${length} characters: it cannot be cut at ${at}.`, {
      remedy: 'Name an offset within the solution.',
    });
  }
  // A blank at the cut belongs to the next token, which the model chooses.
  const prefix = solution.text.slice(0, at).replace(/[ \t]+$/, '');
  return { run: run.manifest.id, solution: solutionId, at, prefix };
}

/** The engine, whose answers all begin with the prefix. */
export function goingOnFrom(prefix: string, engine: Engine): Engine {
  return {
    ...engine,
    sample: (requests, ...rest) =>
      engine.sample(
        requests.map((request) => ({ ...request, prefix })),
        ...rest,
      ),
  };
}
