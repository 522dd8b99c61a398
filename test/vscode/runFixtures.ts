/** Run directories with known content, written line by line as the pipeline would. */
import fs from 'node:fs';
import path from 'node:path';
import { nanoPrompts } from '../../src/core/prompts/index.ts';
import type { Grade, RunKind } from '../../src/core/schema/common.ts';
import { transitionSchema } from '../../src/core/schema/common.ts';
import type { RunEvent } from '../../src/core/schema/event.ts';
import type { Critique, Finding, Solution } from '../../src/core/schema/lines.ts';
import { type Problem, problemSchema } from '../../src/core/schema/problem.ts';
import { type RunManifest, runManifestSchema } from '../../src/core/schema/run.ts';
import { runsRoot } from '../../src/node/runs/layout.ts';

export const PROBLEMS: readonly Problem[] = [
  { id: 'tank', problem: 'A tank holds 37 litres. It is tripled, then 37 more are added.', answer: '148' },
  {
    id: 'cards',
    problem: 'Tom has 35 cards. Next, 17 more arrive. Then the number is doubled.',
    answer: '104',
  },
].map((problem) => problemSchema.parse(problem));

/** A solution with two steps, of which the second is wrong when the grade says so. */
export function solution(
  problemId: string,
  index: number,
  grade: Grade = 'incorrect',
  text?: string,
): Solution {
  const answer = grade === 'correct' ? '148' : '158';
  return {
    id: `${problemId}#${index}`,
    problemId,
    index,
    seed: 1000 + index,
    text:
      text ??
      `<think>Step 1: 37*3=111.\nStep 2: 111+37=${answer}.\nThe answer is ${answer}.</think>\\boxed{${answer}}`,
    promptTokens: 40,
    tokens: 60,
    finish: 'stop',
    ms: 12,
    answer,
    grade,
    reason: grade === 'correct' ? 'equal' : 'differs',
    layer: 'integer',
  };
}

/** A critique that blames the second step; `grade` says whether it reached the gold answer itself. */
export function critique(of: Solution, index: number, grade: Grade = 'correct'): Critique {
  const start = of.text.indexOf('Step 2');
  const end = of.text.indexOf('\n', start);
  const message = `Check 2: 111+37=148, the solution has ${of.answer}. Wrong.`;
  const first = of.text.indexOf('Step 1');
  const findings: Finding[] = [
    {
      span: [first, of.text.indexOf('\n', first)],
      kind: 'confirmed',
      message: 'Check 1: 37*3=111, the solution has 111. Right.',
      confidence: 0.95,
      anchor: 'step',
    },
    { span: [start, end], kind: 'wrong-step', message, confidence: 0.95, anchor: 'step' },
  ];
  const letter = (one: Grade) => (one === 'correct' ? 'c' : 'i');
  return {
    id: `${of.id}/${index}`,
    solutionId: of.id,
    problemId: of.problemId,
    index,
    seed: 2000 + index,
    text: `${findings.map((finding) => finding.message).join('\n')}\nTherefore, the answer is incorrect. \\boxed{148}`,
    promptTokens: 90,
    tokens: 50,
    finish: 'stop',
    ms: 15,
    answer: grade === 'correct' ? '148' : '150',
    grade,
    reason: '',
    layer: 'integer',
    verdict: 'incorrect',
    transition: transitionSchema.parse(`${letter(of.grade)}→${letter(grade)}`),
    findings,
  };
}

interface RunFixture {
  readonly kind: RunKind;
  readonly id: string;
  readonly createdAt?: string;
  readonly model?: string;
  readonly temperature?: number;
  readonly parents?: RunManifest['parents'];
  readonly problems?: readonly Problem[];
  readonly problemSet?: RunManifest['problemSet'];
  readonly solutions?: readonly Solution[];
  readonly critiques?: readonly Critique[];
  readonly events?: readonly RunEvent[];
  /** Fields of the manifest that are to be others. */
  readonly manifest?: Partial<RunManifest>;
}

/** Writes a run into a workspace folder and gives its directory. */
export function writeRun(folder: string, run: RunFixture): string {
  const dir = path.join(runsRoot(folder), run.id);
  const problems = run.problems ?? PROBLEMS;
  const lines = {
    'problems.jsonl': problems,
    'solutions.jsonl': run.solutions ?? [],
    'critiques.jsonl': run.critiques ?? [],
    'events.jsonl': run.events ?? finishedEvents((run.solutions ?? []).length),
  };
  fs.mkdirSync(dir, { recursive: true });
  for (const [name, rows] of Object.entries(lines)) {
    if (rows.length > 0)
      fs.writeFileSync(path.join(dir, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
  fs.writeFileSync(path.join(dir, 'run.json'), JSON.stringify(manifest(run, problems.length)));
  return dir;
}

/** The events of a run that has ended well. */
export function finishedEvents(samples: number): RunEvent[] {
  return [
    startEvent(),
    { type: 'progress', t: 2, stage: 'solutions', done: samples, total: samples },
    { type: 'run_end', t: 3, status: 'ok', error: null },
  ];
}

/** A run that was started by a process which is not this machine's: nobody can ask whether it lives. */
export function startEvent(): RunEvent {
  return { type: 'run_start', t: 1, pid: 1, processStart: null, host: 'elsewhere', total: null };
}

function manifest(run: RunFixture, count: number): RunManifest {
  return runManifestSchema.parse({
    schemaVersion: 1,
    id: run.id,
    kind: run.kind,
    title: `${run.model ?? 'nano'} on two`,
    createdAt: run.createdAt ?? '2026-01-01T10:00:00Z',
    seed: 0,
    n: 2,
    model: { name: run.model ?? 'nano', engine: 'llama', path: '/models/nano.gguf' },
    prompts: nanoPrompts,
    sampling: { temperature: run.temperature ?? 0.6, topP: 1, topK: 0, minP: 0, maxTokens: 256 },
    problemSet: run.problemSet ?? { name: 'two', path: null, sha256: 'a'.repeat(64), count },
    grader: { version: '1', policy: 'default' },
    options: {},
    parents: run.parents ?? [],
    host: { name: 'elsewhere', platform: 'linux-x64', cpus: 2, memoryBytes: 1 },
    workbench: { version: '0.1.0', commit: null },
    commandLine: [],
    ...run.manifest,
  });
}
