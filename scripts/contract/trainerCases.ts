/**
 * Cases that the trainer's Python must read as we do: S2R trajectories (spec B5) and the answer modes that it compares
 * itself. Written for its tests.
 *
 *   node scripts/contract/trainerCases.ts            fails when a committed file is stale
 *   node scripts/contract/trainerCases.ts --write    writes them
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gradeAnswer } from '../../src/core/answers/index.ts';
import { defaultPolicy } from '../../src/core/answers/policies.ts';
import { parseTrajectory, rewardActions, rewardWord } from '../../src/core/reflection/index.ts';
import type { AnswerMode } from '../../src/core/schema/problem.ts';
import { seededRandom } from '../../src/core/stats/random.ts';

const folder = path.resolve(import.meta.dirname, '../../test/fixtures/contract');

const CHECK = '\n\nWait, let me recheck my solution.\n\n';
const RETRY = '\n\nLet me try again.\n\n';
const SOLVES = [
  'So \\boxed{4}',
  'So \\boxed{5} 😀',
  'Wait, is it? \\boxed{4}',
  'no box: the answer is 4.',
  '\\boxed{6}, no, \\boxed{4}',
  'Let me try again. Fine: \\boxed{3}',
];
const CHECKS = [
  'Therefore, the answer is correct.',
  'Therefore, the answer is incorrect.',
  'Therefore, the answer cannot be verified.',
  'It is indeed so.',
  'It was not verified.',
  'Hm.',
  'That is incorrect. Therefore, the answer is correct.',
];

function trajectories(): string[] {
  const random = seededRandom(7);
  const pick = (list: readonly string[]) => list[random.below(list.length)] ?? '';
  return Array.from({ length: 80 }, (_, index) => {
    const count = 1 + (index % 8);
    let text = pick(SOLVES);
    for (let part = 1; part < count; part++)
      text += part % 2 === 1 ? CHECK + pick(CHECKS) : RETRY + pick(SOLVES);
    return index % 9 === 8 ? `${text}${CHECK}again${CHECK}${pick(CHECKS)}` : text;
  });
}

function trajectoryText(): string {
  return trajectories()
    .map((text, index) => {
      const parsed = parseTrajectory(text);
      const rewarded = rewardActions(parsed, { grade: (a) => (a === '4' ? 'correct' : 'incorrect') });
      const actions = parsed.actions.map(({ type, verdict, implicit }) => [type, verdict, implicit]);
      const row = { id: `t${index}`, text, actions, isValid: parsed.isValid, word: rewardWord(rewarded) };
      return `${JSON.stringify(row)}\n`;
    })
    .join('');
}

/** As a reward reads an answer: nothing outside a box counts. */
const STRICT = { ...defaultPolicy, name: 'reward', extraction: 'boxed', boxes: 'last' } as const;

const MODES = {
  aime: [
    ['25', '\\boxed{025}'],
    ['25', '\\boxed{$25$}'],
    ['25', '\\boxed{25.}'],
    ['25', '\\boxed{25.0}'],
    ['25', '\\boxed{\\text{25}}'],
    ['25', '\\boxed{1025}'],
    ['25', '\\boxed{}'],
    ['25', 'The answer is 25.'],
    ['1025', '\\boxed{1025}'],
    ['', '\\boxed{25}'],
    ['7', '\\boxed{5} then \\boxed{7}'],
    ['7', '<think>\\boxed{7}</think> So \\boxed{8}'],
    ['7', '<think>\\boxed{7}</think>\n'],
    ['204', '\\boxed{(204)}'],
    ['204', '\\boxed{2\\,04}'],
    ['3', '\\boxed{three}'],
  ],
  choice: [
    ['C', '\\boxed{C}'],
    ['C', '\\boxed{(c)}'],
    ['C', '\\boxed{\\text{(C) Cecile}}'],
    ['C', '\\boxed{B}'],
    ['C', '\\boxed{42}'],
    ['(C)', '\\boxed{C. Cecile}'],
    ['?', '\\boxed{C}'],
    ['', '\\boxed{C}'],
    ['B', '\\boxed{The answer is B}'],
    ['B', '\\boxed{A} or rather \\boxed{B}'],
  ],
  boolean: [
    ['True', '\\boxed{True}'],
    ['True', '\\boxed{yes}'],
    ['False', '\\boxed{\\text{No}}'],
    ['False', '\\boxed{true}'],
    ['Uncertain', '\\boxed{unknown}'],
    ['True', '\\boxed{true and false}'],
    ['perhaps', '\\boxed{true}'],
  ],
  text: [
    ['red blue', '\\boxed{red  blue}'],
    ['red', '\\boxed{Red}'],
    ['café', '\\boxed{cafe\u0301}'],
    ['', '\\boxed{red}'],
  ],
} as const satisfies Partial<Record<AnswerMode, readonly (readonly [gold: string, text: string])[]>>;
const MODE_NAMES = ['aime', 'choice', 'boolean', 'text'] as const;

function modeText(): string {
  return MODE_NAMES.flatMap((mode) =>
    MODES[mode].map(([gold, text]) => {
      const { grade } = gradeAnswer({ text, gold, mode, policy: STRICT });
      return `${JSON.stringify({ mode, gold, text, grade })}\n`;
    }),
  ).join('');
}

/** File -> what it has to hold. */
export function contractFiles(): ReadonlyMap<string, string> {
  return new Map([
    [path.join(folder, 'trajectories.jsonl'), trajectoryText()],
    [path.join(folder, 'modes.jsonl'), modeText()],
  ]);
}

if (import.meta.main) {
  for (const [file, text] of contractFiles()) {
    if (process.argv.includes('--write')) writeFileSync(file, text);
    const fresh = readFileSync(file, 'utf8') === text;
    console.log(`${path.basename(file)}: ${fresh ? 'up to date' : 'stale, run with --write'}`);
    if (!fresh) process.exitCode = 1;
  }
}
