import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { followState } from '../../../src/extension/followRun.ts';

let dir: string;
let events: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'follow-'));
  events = path.join(dir, 'events.jsonl');
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A process that lives until it is told to end; what is written at its end is given by `last`. */
async function writer(last: string) {
  const script = `process.stdin.once('data', () => { require('fs').appendFileSync(${JSON.stringify(events)}, ${JSON.stringify(last)}); process.exit(); })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'inherit'] });
  await once(child, 'spawn');
  const start = {
    type: 'run_start',
    t: Date.now() / 1000,
    pid: child.pid,
    processStart: null,
    host: os.hostname(),
  };
  writeFileSync(events, `${JSON.stringify(start)}\n`);
  const ended = once(child, 'exit');
  return { end: () => child.stdin.write('end'), ended };
}

/** The statuses reported until the run is over; the directory is read seldom, the process asked often. */
async function statuses(act: () => void): Promise<string[]> {
  const seen: string[] = [];
  const follower = followState(
    dir,
    ({ status }) => {
      seen.push(status);
      if (status === 'running') act();
    },
    { pollMs: 60_000, lookMs: 20 },
  );
  await follower.ended;
  return seen;
}

it('a run that ended well is not taken for lost because its process was gone before its last line was read', async () => {
  const run = await writer(`${JSON.stringify({ type: 'run_end', t: 2, status: 'ok', error: null })}\n`);
  expect(await statuses(run.end)).toEqual(['running', 'done']);
  await run.ended;
});

it('a process that is gone without a word has lost its run', async () => {
  const run = await writer('');
  expect(await statuses(run.end)).toEqual(['running', 'lost']);
  await run.ended;
});

it('disposing ends the following', async () => {
  appendFileSync(events, '');
  const follower = followState(dir, () => undefined);
  follower.dispose();
  await follower.ended;
});
