/** A small run for tests of run directories, in a directory of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { SCHEMA_VERSION } from '../../../src/core/schema/common.ts';
import type { Solution } from '../../../src/core/schema/lines.ts';
import type { Problem } from '../../../src/core/schema/problem.ts';
import type { RunManifest } from '../../../src/core/schema/run.ts';

/** A temporary directory that goes when the test ends. */
export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'reflection-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export const problems: Problem[] = [{ id: 'p', problem: 'What is 1+1?', answer: '2', mode: 'math' }];

export function manifest(id: string, change: Partial<RunManifest> = {}): RunManifest {
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    kind: 'evaluate',
    title: '',
    createdAt: '2026-01-01T10:00:00Z',
    seed: 0,
    n: 4,
    options: {},
    parents: [],
    host: { name: 'here', platform: 'linux-x64', cpus: 2, memoryBytes: 1e9 },
    workbench: { version: '0.1.0', commit: null },
    commandLine: [],
    ...change,
  };
}

export function solution(index: number, text = `The answer is ${index}. ∑ 🤔`): Solution {
  return {
    id: `p#${index}`,
    problemId: 'p',
    index,
    seed: index,
    text,
    promptTokens: 3,
    tokens: 5,
    finish: 'stop',
    ms: 1,
    answer: String(index),
    grade: 'incorrect',
    reason: 'differs',
    layer: 'integer',
  };
}
