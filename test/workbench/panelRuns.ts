import type { RunEvent } from '../../src/core/schema/event.ts';
import { type Problem, problemSchema } from '../../src/core/schema/problem.ts';
import { promptsSchema } from '../../src/core/schema/run.ts';
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

/** What a model may write to deceive or to harm. */
export const HOSTILE = [
  '<img src=x onerror=alert(1)><script>alert(2)</script>',
  '[click](command:workbench.action.closeWindow) javascript:alert(3) https://example.com/steal',
  '\u001b[31mred\u001b[0m \u202Egnitset\u202C \u0000 \u2028',
  '\\def\\x{\\x\\x}\\x $$\\frac{1}{\\frac{1}{\\frac{1}{0}}}$$',
].join('\n');

export const SAMPLED = '20260301-100000-sample';

/** A finished sampling run of forty problems; its critiques hold hostile text. */
export function writeSamplingRun(workspace: string): void {
  const problems = levelled(40);
  const random = seededRandom(3);
  const solutions = problems.flatMap(({ id }) =>
    [0, 1, 2, 3].map((index) => solution(id, index, random.uniform() < 0.45 ? 'correct' : 'incorrect')),
  );
  const critiques = solutions.flatMap((row) =>
    [0, 1].map((index) => {
      const made = critique(row, index, random.uniform() < 0.5 ? 'correct' : 'incorrect');
      return {
        ...made,
        text: `${made.text}\n${row.id}/${index}\n${HOSTILE}`,
        tokens: 40 + (row.index + 1) * 9,
      };
    }),
  );
  writeRun(workspace, {
    kind: 'sample',
    id: SAMPLED,
    createdAt: '2026-03-01T10:00:00Z',
    problems,
    solutions,
    critiques,
    events: [
      { type: 'run_start', t: 1, pid: 1, processStart: null, host: 'elsewhere', total: null },
      { type: 'progress', t: 61, stage: 'critiques', done: critiques.length, total: critiques.length },
      { type: 'run_end', t: 62, status: 'ok', error: null },
    ],
    manifest: {
      n: 4,
      critiques: 2,
      title: 'nano on aime-made',
      problemSet: madeSet(problems.length),
      prompts: promptsSchema.parse({
        system: null,
        solve: '{problem}',
        critique: '{problem} {solution}',
        critiqueTraining: '{problem} {solution}',
        solutionSlot: 'whole',
      }),
      options: { dataset: 'scft', mix: [2, 1], size: 40, critiquesPerCorrect: 1 },
    },
  });
}

export const TRAINED = '20260302-100000-train';

/** A training run with a reward that rises, reflections that fall, rollouts, checkpoints and an alarm. */
export function writeTrainingRun(workspace: string, steps: number): void {
  const now = Date.now() / 1000;
  writeRun(workspace, {
    kind: 'train',
    id: TRAINED,
    createdAt: '2026-03-02T10:00:00Z',
    events: [
      { type: 'run_start', t: now - steps, pid: 1, processStart: null, host: 'elsewhere', total: 400 },
      ...Array.from({ length: steps }, (_, at) => [
        trainingEvent(at + 1),
        ...((at + 1) % 20 === 0 ? rollouts(at + 1) : []),
      ]).flat(),
      ...[100, 200].map((step) => ({
        type: 'checkpoint' as const,
        t: now,
        step,
        path: `checkpoints/step-000${step}`,
        bytes: 1_900_000,
        gguf: true,
      })),
      {
        type: 'alarm',
        t: now,
        step: 180,
        alarm: 'reward-hacking',
        message: 'reward rises while i→c falls from 23 to 9 since step 60: look at the rollouts',
      },
      { type: 'log', t: now, level: 'warning', message: '12 of 64 rollouts were cut at 256 tokens' },
    ],
    manifest: { title: 'rlerr nano', options: { recipe: 'rlerr-nano', method: 'rlerr' } },
  });
}

export function trainingEvent(step: number): Extract<RunEvent, { type: 'step' }> {
  const wave = Math.sin(step * 1.7) * 0.04 + Math.sin(step * 0.31) * 0.03;
  const rise = 1 - Math.exp(-step / 90);
  return {
    type: 'step',
    t: Date.now() / 1000,
    step,
    total: 400,
    metrics: {
      loss: 0.02 * Math.sin(step / 9),
      reward: 0.4 + 0.5 * rise + wave,
      'rewards/outcome/mean': 0.35 + 0.4 * rise + wave,
      'rewards/reflection/mean': 0.05 + 0.1 * rise,
      frac_reward_zero_std: 0.2 + 0.3 * rise,
      'reflection/err': 0.5 + 0.2 * rise + wave,
      'reflection/rho': 1 - 0.1 * rise,
      'completions/mean_length': 90 + 40 * rise + 30 * wave,
      'completions/clipped_ratio': 0.02 + 0.1 * rise,
      kl: 0.004 * rise,
      grad_norm: 0.8 - 0.3 * rise + wave,
      learning_rate: 1e-6 * (1 - step / 400),
    },
  };
}

function rollouts(step: number): RunEvent[] {
  return (['best', 'worst', 'truncated', 'zero-variance'] as const).map((stratum, at) => ({
    type: 'rollout',
    t: Date.now() / 1000,
    step,
    prompt: `A tank holds ${37 + at} litres. It is tripled. How many are there?`,
    completion: `Step 1: 3*${37 + at}=${3 * (37 + at)}.\nWait, let me check that again.\n\\boxed{${3 * (37 + at)}}`,
    rewards: { outcome: stratum === 'worst' ? 0 : 1, reflection: 0.2 },
    advantage: stratum === 'zero-variance' ? 0 : stratum === 'worst' ? -1.2 : 0.8,
    stratum,
  }));
}
