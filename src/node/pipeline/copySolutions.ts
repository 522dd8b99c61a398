import { UserError } from '../../core/errors.ts';
import type { Solution } from '../../core/schema/lines.ts';
import { readRun } from '../runs/index.ts';
import type { Session } from './generate.ts';

/** Copies solutions into the run, once. One that reads otherwise than then would make its critiques senseless. */
export async function copySolutions(
  session: Session,
  dir: string,
  solutions: readonly Solution[],
): Promise<void> {
  const copied = new Map((await readRun(dir)).solutions.map((solution) => [solution.id, solution.text]));
  for (const solution of solutions) {
    const text = copied.get(solution.id);
    if (text === undefined) await session.writer.append('solutions', solution);
    else if (text !== solution.text) {
      throw new UserError(
        'source-changed',
        `The solution ${solution.id} has changed since it was critiqued.`,
        {
          place: { file: dir },
          remedy: 'Start a new run for the changed solution.',
        },
      );
    }
  }
}
