/** Writes run directories of any size, as fast as the disk takes them: for the measurements and tests of opening runs. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Grade, RunKind } from '../../../src/core/schema/common.ts';
import type { Critique, Solution } from '../../../src/core/schema/lines.ts';
import type { Problem } from '../../../src/core/schema/problem.ts';
import { createRun } from '../../../src/node/runs/index.ts';
import { manifest, temporaryDir } from './fixtures.ts';

export interface LargeRun {
  readonly problems: number;
  /** Solutions per problem. */
  readonly n: number;
  /** Critiques per solution; 0 unless told. */
  readonly critiques?: number;
  /** Characters of a solution's text, about. */
  readonly characters?: number;
  readonly kind?: RunKind;
}

const STEP =
  'Step $1$: we have $\\frac{a}{b} = 17$, so "x" is 4.\nWait, let me check: 4 + 13 = 17. Fine. ∑\n';

/** A run that ended well. Its samples come in the order in which an engine with many slots finishes them. */
export async function writeLargeRun(dir: string, size: LargeRun): Promise<void> {
  const { problems, n, critiques = 0, characters = 800, kind = 'evaluate' } = size;
  const set = Array.from({ length: problems }, (_, index) => problemAt(index));
  await createRun(dir, { ...manifest(path.basename(dir)), n, kind }, set);
  const text = STEP.repeat(Math.ceil(characters / STEP.length)).slice(0, characters);
  await writeLines(path.join(dir, 'solutions.jsonl'), inFinishingOrder(problems * n), (at) =>
    solutionAt(Math.floor(at / n), at % n, text),
  );
  if (critiques > 0) {
    await writeLines(path.join(dir, 'critiques.jsonl'), inFinishingOrder(problems * n * critiques), (at) => {
      const solution = Math.floor(at / critiques);
      return critiqueAt(Math.floor(solution / n), solution % n, at % critiques, text);
    });
  }
  const events = [
    { type: 'run_start', t: 1, pid: 1, processStart: 1, host: 'elsewhere', n },
    { type: 'progress', t: 2, stage: 'solutions', done: problems * n, total: problems * n },
    { type: 'run_end', t: 3, status: 'ok', error: null },
  ];
  await writeLines(path.join(dir, 'events.jsonl'), events.keys(), (at) => events[at]);
}

export function problemAt(index: number): Problem {
  return {
    id: `problem-${index}`,
    problem: `What is ${index} + 17? Give a whole number.`,
    answer: String(index + 17),
    mode: 'math',
    level: index % 5,
  };
}

export function solutionAt(problem: number, index: number, text: string): Solution {
  const draw = (problem * 31 + index * 17) % 100;
  const isCut = draw % 50 === 7;
  const isRight = !isCut && draw < 20 + (problem % 60);
  const answer = isCut ? null : String(problem + 17 + (isRight ? 0 : draw % 3));
  const grade: Grade = draw === 99 ? 'undetermined' : isRight ? 'correct' : 'incorrect';
  return {
    id: `problem-${problem}#${index}`,
    problemId: `problem-${problem}`,
    index,
    seed: (problem * 7919 + index) >>> 0,
    text: `${text}\\boxed{${answer ?? ''}}`,
    promptTokens: 40 + (problem % 9),
    tokens: 200 + draw,
    finish: isCut ? 'length' : 'stop',
    ms: 1000 + draw,
    answer,
    grade,
    reason: isCut ? 'truncated' : 'equal',
    layer: 'integer',
  };
}

function critiqueAt(problem: number, solution: number, index: number, text: string): Critique {
  const { problemId, id: solutionId, ...row } = solutionAt(problem, solution * 13 + index, text);
  const isRight = row.grade === 'correct';
  return {
    ...row,
    id: `problem-${problem}#${solution}/${index}`,
    solutionId: `problem-${problem}#${solution}`,
    problemId,
    index,
    verdict: isRight ? 'correct' : 'incorrect',
    transition: isRight ? 'i→c' : 'i→i',
    findings: [{ span: [0, 10], kind: 'wrong-step', message: 'no', confidence: 1, anchor: 'step' }],
  };
}

/** 0 .. count-1, a little out of order. */
function* inFinishingOrder(count: number): Generator<number> {
  const WINDOW = 64;
  for (let start = 0; start < count; start += WINDOW) {
    const size = Math.min(WINDOW, count - start);
    // 37 has no factor in common with any size up to the window but its own multiples.
    const stride = size % 37 === 0 ? 1 : 37;
    for (let at = 0; at < size; at += 1) yield start + ((at * stride) % size);
  }
}

async function writeLines(
  file: string,
  order: Iterable<number>,
  row: (at: number) => unknown,
): Promise<void> {
  const stream = createWriteStream(file, { highWaterMark: 1 << 20 });
  let lines: string[] = [];
  const flush = async () => {
    if (!stream.write(lines.join(''))) await once(stream, 'drain');
    lines = [];
  };
  for (const at of order) {
    lines.push(`${JSON.stringify(row(at))}\n`);
    if (lines.length === 512) await flush();
  }
  await flush();
  stream.end();
  await once(stream, 'close');
}

/** 24 solutions and 48 critiques of 6 problems. */
export async function smallRun(kind: 'evaluate' | 'critique' | 'sample' = 'evaluate'): Promise<string> {
  const dir = path.join(await temporaryDir(), 'run');
  await writeLargeRun(dir, { problems: 6, n: 4, critiques: 2, characters: 200, kind });
  if (kind === 'sample') {
    await writeFile(
      path.join(dir, 'dropped.jsonl'),
      lineOf({ candidate: `${problemAt(0).id}#0/1`, filter: 'x', detail: '' }),
    );
  }
  return dir;
}

export const lineOf = (row: unknown) => `${JSON.stringify(row)}\n`;
