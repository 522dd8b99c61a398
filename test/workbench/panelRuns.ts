import { type Problem, problemSchema } from '../../src/core/schema/problem.ts';
import { seededRandom } from '../../src/core/stats/index.ts';
import { critique, solution, writeRun } from '../vscode/runFixtures.ts';

/** Made-up problems of five levels. */
export function levelled(count: number): Problem[] {
  return Array.from({ length: count }, (_, at) =>
    problemSchema.parse({
      id: `aime-${String(at + 1).padStart(3, '0')}`,
      problem: `A tank holds ${37 + at} litres. It is tripled, then ${37 + at} more are added. How many are there?`,
      answer: '148',
      mode: 'math',
      level: 1 + (at % 5),
    }),
  );
}

/** Evaluations of one set by models of growing skill; the ids of the runs, weakest first. */
export function writeEvaluations(
  workspace: string,
  { problems, samples, models }: { problems: readonly Problem[]; samples: number; models: readonly string[] },
): string[] {
  const random = seededRandom(7);
  const difficulty = problems.map(() => random.uniform());
  return models.map((model, rank) => {
    const id = `2026010${rank + 1}-100000-evaluate`;
    const solutions = problems.flatMap((problem, at) => {
      const chance = Math.min(0.97, Math.max(0.03, 1.05 - (difficulty[at] ?? 0) + 0.07 * rank));
      return Array.from({ length: samples }, (_, index) => {
        const drawn = random.uniform();
        if (drawn > 0.995) return solution(problem.id, index, 'undetermined');
        return solution(problem.id, index, drawn < chance ? 'correct' : 'incorrect');
      });
    });
    writeRun(workspace, {
      kind: 'evaluate',
      id,
      createdAt: `2026-01-0${rank + 1}T10:00:00Z`,
      model,
      temperature: rank === models.length - 1 ? 1 : 0.6,
      problems,
      solutions,
      manifest: { n: samples, title: `${model} on aime-made`, problemSet: madeSet(problems.length) },
    });
    return id;
  });
}

/** Two critique runs of the same solutions, the second by a better critic; their ids. */
export function writeCritiques(workspace: string, problems: readonly Problem[]): string[] {
  const random = seededRandom(11);
  const solutions = problems.flatMap(({ id }) =>
    [0, 1].map((index) => solution(id, index, random.uniform() < 0.5 ? 'correct' : 'incorrect')),
  );
  return [0.3, 0.6].map((skill, rank) => {
    const id = `2026020${rank + 1}-100000-critique`;
    writeRun(workspace, {
      kind: 'critique',
      id,
      createdAt: `2026-02-0${rank + 1}T10:00:00Z`,
      model: rank === 0 ? 'nano' : 'scft-nano, step 28',
      problems,
      solutions,
      critiques: solutions.flatMap((row) =>
        [0, 1].map((index) => critique(row, index, random.uniform() < skill ? 'correct' : 'incorrect')),
      ),
      parents: [{ kind: 'run', id: 'solutions-of-both', role: 'solutions' }],
      manifest: {
        title: `${rank === 0 ? 'nano' : 'scft-nano'} critiques aime-made`,
        problemSet: madeSet(problems.length),
      },
    });
    return id;
  });
}

function madeSet(count: number) {
  return { name: 'aime-made', path: null, sha256: 'b'.repeat(64), count };
}
