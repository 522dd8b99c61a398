/**
 * SIGKILL of a process that evaluates on the embedded model, at random moments, until the run is complete. No finished
 * sample is lost, made twice or changed, and with one slot the run equals one that was never killed.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hash32 } from '../../../src/core/sampling/index.ts';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { readRun, readRunState } from '../../../src/node/runs/index.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { contentOf, lineIds } from './fixtures.ts';

const KILLS = 12;
const SEED = 20_260_101;
const set = path.join(packageRoot(), 'media', 'problems', 'demo-5.jsonl');
const n = 16;

/**
 * Runs the child. With `delay`: kills it that many ms after it has begun to generate. Tells whether it was killed, and
 * for how long it has generated.
 */
function evaluateInChild(dir: string, delay?: number): Promise<{ wasKilled: boolean; ms: number }> {
  const script = path.join(import.meta.dirname, 'evaluateChild.ts');
  const child = spawn(process.execPath, [script, JSON.stringify({ dir, set, n })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  let began = Date.now();
  child.stderr.on('data', (chunk) => {
    complaint += String(chunk);
  });
  child.stdout.once('data', () => {
    began = Date.now();
    if (delay !== undefined) setTimeout(() => child.kill('SIGKILL'), delay);
  });
  child.stdout.resume();
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL')
        resolve({ wasKilled: signal === 'SIGKILL', ms: Date.now() - began });
      else reject(new Error(`the child ended with ${code ?? signal}: ${complaint}`));
    });
  });
}

describe('a killed run', () => {
  it(`is whole and unchanged after ${KILLS} kills`, { timeout: 240_000 }, async () => {
    const parent = await temporaryDir();
    const reference = path.join(parent, 'reference');
    const { ms } = await evaluateInChild(reference);
    const whole = await contentOf(reference);
    expect(whole.solutions).toHaveLength(5 * n);
    // Spread over the whole run, however fast the machine is; the last kills may find it finished.
    const span = Math.max(40, (1.2 * ms) / KILLS);

    const dir = path.join(parent, 'killed');
    let kills = 0;
    let before = '';
    for (let attempt = 0; attempt < 10 * KILLS && kills < KILLS; attempt += 1) {
      const { wasKilled } = await evaluateInChild(dir, (hash32(SEED, String(attempt)) / 2 ** 32) * span);
      const text = await readFile(path.join(dir, 'solutions.jsonl'), 'utf8').catch(() => '');
      expect(text.startsWith(before)).toBe(true);
      before = text.slice(0, text.lastIndexOf('\n') + 1);
      if (!wasKilled) break;
      kills += 1;
      expect((await readRunState(dir)).status).toMatch(/^(lost|empty|done)$/);
    }
    await evaluateInChild(dir);
    expect(kills).toBeGreaterThanOrEqual(10);
    const ids = await lineIds(dir, 'solutions.jsonl');
    expect([...new Set(ids)]).toHaveLength(ids.length);
    expect(await contentOf(dir)).toEqual(whole);
    expect((await readRun(dir)).faults).toEqual([]);
    expect((await readRunState(dir)).status).toBe('done');
  });
});
