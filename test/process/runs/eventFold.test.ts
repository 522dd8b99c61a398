import { appendFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldEvent, newRunFold, type RunFold } from '../../../src/core/runs/index.ts';
import type { RunEvent } from '../../../src/core/schema/event.ts';
import { readRunState } from '../../../src/node/runs/index.ts';
import { foldEvents } from '../../../src/node/runs/sampleIndex/eventFold.ts';
import { temporaryDir } from './fixtures.ts';
import { freshCache } from './freshCache.ts';

freshCache();

const t = fc.nat(1000);
const event: fc.Arbitrary<RunEvent> = fc.oneof(
  t.map((at): RunEvent => ({ type: 'run_start', t: at, pid: 1, processStart: null, host: 'h', n: 4 })),
  fc
    .tuple(t, fc.nat(9))
    .map(([at, done]): RunEvent => ({ type: 'progress', t: at, stage: 'solutions', done, total: 9 })),
  fc
    .tuple(t, fc.nat(50), fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })))
    .map(([at, step, loss]): RunEvent => ({ type: 'step', t: at, step, total: 50, metrics: { loss } })),
  t.map((at): RunEvent => ({ type: 'log', t: at, level: 'info', message: 'ü∑ "quoted"' })),
  t.map((at): RunEvent => ({ type: 'run_end', t: at, status: 'ok', error: null })),
);
const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`;
/** As JSON would give it back, so that both sides are compared alike. */
const plain = (fold: RunFold) => JSON.parse(JSON.stringify({ ...fold, metrics: [...fold.metrics] }));

describe('the fold of events', () => {
  it('is the same whether it was remembered at any line or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 25 }),
        fc.array(fc.nat(25), { maxLength: 3 }),
        async (events, looks) => {
          const dir = await temporaryDir();
          const whole = newRunFold();
          for (const [at, one] of events.entries()) {
            await appendFile(path.join(dir, 'events.jsonl'), lineOf(one));
            foldEvent(whole, one);
            if (looks.includes(at)) await foldEvents(dir, 0);
          }
          await appendFile(path.join(dir, 'events.jsonl'), '{"type":"torn');
          expect(plain(await foldEvents(dir, 0))).toEqual(plain(whole));
          expect(plain(await foldEvents(dir, 0))).toEqual(plain(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is made anew when the file was cut, and counts what it does not know', async () => {
    const dir = await temporaryDir();
    const file = path.join(dir, 'events.jsonl');
    await writeFile(
      file,
      `${lineOf({ type: 'heartbeat', t: 5 }) + lineOf({ type: 'telepathy', t: 6 })}not JSON\n`,
    );
    expect(await foldEvents(dir, 0)).toMatchObject({ lastEventAt: 5, unknownEvents: 1 });
    await truncate(file, 0);
    await writeFile(
      file,
      lineOf({ type: 'log', t: 3, level: 'info', message: 'a longer line than there was before' }),
    );
    expect(await foldEvents(dir, 0)).toMatchObject({ lastEventAt: 3, unknownEvents: 0 });
  });

  it('takes a tenth of the time when little was added', async () => {
    const dir = await temporaryDir();
    const rollout = {
      type: 'rollout',
      t: 1,
      step: 1,
      prompt: 'p',
      completion: 'x'.repeat(4000),
      rewards: {},
      advantage: 0,
    };
    await writeFile(path.join(dir, 'events.jsonl'), lineOf(rollout).repeat(10_000));
    const time = async () => {
      const before = process.cpuUsage();
      await readRunState(dir);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const first = await time();
    await appendFile(
      path.join(dir, 'events.jsonl'),
      lineOf({ type: 'run_end', t: 2, status: 'ok', error: null }),
    );
    expect(await time()).toBeLessThan(first / 5);
    expect((await readRunState(dir)).status).toBe('done');
  });
});
