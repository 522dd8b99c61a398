/**
 * Where does a training step spend its time, and what does it cost to be observed?
 *
 *   npm run bench -- trainer [--quick]
 *
 * SCFT, RLERR and PRL on the embedded model with one thread; then SCFT bare (TRL alone) and observed, in one process,
 * taking turns step by step. The aim is an overhead of at most 2 % of a step.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { findTrainerPython } from '../../src/node/training/index.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });

const resultSchema = z.object({
  splits: z.array(
    z.object({
      method: z.string(),
      seconds: z.number(),
      generate: z.number(),
      reward: z.number(),
      update: z.number(),
      estimatedBytes: z.number(),
      usedBytes: z.number().nullable(),
    }),
  ),
  overhead: z.object({
    bareSeconds: z.number(),
    observedSeconds: z.number(),
    overhead: z.number(),
    callbackSeconds: z.number(),
    interval: z.tuple([z.number(), z.number()]),
    steps: z.number(),
  }),
});

/** Records of the length that critiques of the embedded model have; what they teach does not matter here. */
function records(count: number): string {
  const rows = Array.from({ length: count }, (_, at) => {
    const [a, b] = [11 + at, 23 + 2 * at];
    const steps = Array.from({ length: 4 }, (_, n) => `Step ${n + 1}: ${a}+${n}=${a + n}.`).join('\n');
    return {
      prompt: `Please critique whether the following solution to the question is correct. Question: Tom has ${a} cards. Next, ${b} more arrive. How many cards are there now? Solution: ${steps}\nThe answer is ${a + b - 1}. \\boxed{${a + b - 1}}`,
      system: null,
      c: `Check 1: ${a}+${b}=${a + b}, the solution has ${a + b - 1}. Wrong.\nThe solution is incorrect.\n${steps}\nThe answer is ${a + b}. \\boxed{${a + b}}`,
    };
  });
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

const python = await findTrainerPython();
const folder = mkdtempSync(path.join(os.tmpdir(), 'reflection-bench-'));
try {
  const data = path.join(folder, 'scft.jsonl');
  writeFileSync(data, records(256));
  const script = path.join(ROOT, 'scripts', 'trainer', 'bench.py');
  const media = path.join(ROOT, 'media');
  const inputs = [path.join(media, 'models/nano.gguf'), data, path.join(media, 'problems/demo-60.jsonl')];
  const effort = values.quick ? ['--steps', '16', '--rollouts', '1'] : [];
  const printed = execFileSync(python.command, [script, ...inputs, ...effort], {
    encoding: 'utf8',
    env: { ...process.env, ...python.env, OMP_NUM_THREADS: '1', TQDM_DISABLE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  report(resultSchema.parse(JSON.parse(printed.trim().split('\n').at(-1) ?? '')));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report({ splits, overhead }: z.infer<typeof resultSchema>): void {
  console.log('seconds of a step, embedded model, one thread\n');
  console.log('method    step  generate    reward    update   memory: estimated   used');
  for (const { method, seconds, generate, reward, update, estimatedBytes, usedBytes } of splits) {
    const cells = [generate, reward, update].map((part) => part.toFixed(2).padStart(10)).join('');
    const sizes = [estimatedBytes, usedBytes]
      .map((bytes) => (bytes === null ? '-' : `${(bytes / 1e6).toFixed(0)} MB`).padStart(12))
      .join('');
    console.log(`${method.padEnd(7)}${seconds.toFixed(2).padStart(7)}${cells}${sizes}`);
  }
  const { bareSeconds, observedSeconds, callbackSeconds, interval, steps } = overhead;
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  console.log(
    `\nSCFT step, CPU seconds: TRL alone ${bareSeconds.toFixed(3)}, observed ${observedSeconds.toFixed(3)}`,
  );
  const inside = percent(callbackSeconds / bareSeconds);
  console.log(`inside our callback ${(1000 * callbackSeconds).toFixed(2)} ms: ${inside} of a step`);
  const [low, high] = interval.map(percent);
  console.log(
    `overhead ${percent(overhead.overhead)} [${low}, ${high}] (aim: at most 2 %): median of ${steps} pairs of steps, 95 % interval`,
  );
}
