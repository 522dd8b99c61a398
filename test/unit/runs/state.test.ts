import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  foldEvent,
  newRunFold,
  runState,
  STALLED_AFTER_SECONDS,
  stateOf,
} from '../../../src/core/runs/index.ts';
import type { RunEvent } from '../../../src/core/schema/event.ts';

const start = (t: number, extra: object = {}): RunEvent => ({
  type: 'run_start',
  t,
  pid: 7,
  processStart: 1,
  host: 'here',
  ...extra,
});
const step = (t: number, number: number, loss: number | null, total = 10): RunEvent => ({
  type: 'step',
  t,
  step: number,
  total,
  metrics: { loss },
});
const progress = (t: number, done: number, total: number, stage = 'solutions'): RunEvent => ({
  type: 'progress',
  t,
  stage,
  done,
  total,
});
const end = (t: number, status: 'ok' | 'failed' | 'cancelled', error: string | null = null): RunEvent => ({
  type: 'run_end',
  t,
  status,
  error,
});
const alive = (now: number) => ({ now, processAlive: true });

describe('status', () => {
  it.each([
    ['empty', [], alive(0)],
    ['running', [start(0)], alive(1)],
    ['running', [start(0)], { now: STALLED_AFTER_SECONDS, processAlive: null }],
    ['stalled', [start(0)], alive(STALLED_AFTER_SECONDS + 1)],
    ['stalled', [start(0)], { now: STALLED_AFTER_SECONDS + 1, processAlive: null }],
    ['lost', [start(0), step(1, 1, 2)], { now: 2, processAlive: false }],
    ['done', [start(0), end(5, 'ok')], { now: 9, processAlive: false }],
    ['failed', [start(0), end(5, 'failed', 'no space')], { now: 9, processAlive: false }],
    ['cancelled', [start(0), step(1, 3, 1), end(5, 'cancelled')], { now: 9, processAlive: false }],
    ['interrupted', [start(0), progress(1, 3, 8), end(5, 'cancelled')], { now: 9, processAlive: false }],
    ['cancelled', [start(0), progress(1, 8, 8), end(5, 'cancelled')], { now: 9, processAlive: false }],
    ['running', [start(0), end(5, 'failed', 'x'), start(9)], alive(10)],
  ] as const)('%s', (status, events, facts) => {
    expect(runState(events, facts).status).toBe(status);
  });

  it('forgets the error of an earlier start', () => {
    expect(runState([start(0), end(5, 'failed', 'x'), start(9)], alive(10)).error).toBeNull();
  });

  it('takes the last sign of a lost run for its end, and none for a running one', () => {
    const events = [start(0), step(4, 1, 2)];
    expect(runState(events, { now: 99, processAlive: false }).endedAt).toBe(4);
    expect(runState(events, alive(5)).endedAt).toBeNull();
  });
});

describe('progress', () => {
  it('estimates the rest from the median pace, so that one slow sample does not count', () => {
    const events = [
      start(0),
      progress(0, 0, 100),
      progress(10, 10, 100),
      progress(20, 20, 100),
      progress(120, 21, 100),
    ];
    expect(runState([...events, progress(130, 31, 100)], alive(130)).etaSeconds).toBe(69);
  });

  it('takes the time since the last sign off the estimate and never goes below zero', () => {
    const events = [start(0), progress(0, 0, 4), progress(10, 2, 4)];
    expect(runState(events, alive(13)).etaSeconds).toBe(7);
    expect(runState(events, alive(50)).etaSeconds).toBe(0);
  });

  it('does not carry the pace of one stage into the next', () => {
    const events = [start(0), progress(0, 0, 4), progress(9, 4, 4), progress(9, 0, 50, 'critiques')];
    const state = runState(events, alive(10));
    expect(state).toMatchObject({ stage: 'critiques', done: 0, total: 50, etaSeconds: null });
  });

  it('knows the samples asked for by the last start', () => {
    expect(runState([start(0, { n: 8 }), start(9, { n: 32 }), start(12)], alive(13)).n).toBe(32);
  });
});

describe('training', () => {
  it('cuts the curve back to the checkpoint on resuming', () => {
    const events = [
      start(0),
      ...[1, 2, 3, 4, 5].map((number) => step(number, number, number)),
      start(20, { resumedFrom: 'step-000003' }),
    ];
    expect(runState(events, alive(21)).metrics.loss?.map(([at]) => at)).toEqual([1, 2, 3]);
    expect(runState([...events, step(22, 4, 0.5)], alive(23))).toMatchObject({
      step: 4,
      lastLoss: 0.5,
      starts: 2,
      resumedFrom: 'step-000003',
    });
  });

  it('leaves out what was not measured: null is no zero', () => {
    const state = runState([start(0), step(1, 1, 3), step(2, 2, null)], alive(3));
    expect(state.metrics.loss).toEqual([[1, 3]]);
    expect(state.lastLoss).toBe(3);
    expect(state.step).toBe(2);
  });

  it('keeps one entry for a checkpoint that is written again', () => {
    const checkpoint = (t: number, bytes: number): RunEvent => ({
      type: 'checkpoint',
      t,
      step: 2,
      path: 'checkpoints/step-000002',
      bytes,
      gguf: true,
    });
    expect(runState([start(0), checkpoint(1, 5), checkpoint(2, 6)], alive(3)).checkpoints).toEqual([
      { step: 2, path: 'checkpoints/step-000002', bytes: 6, gguf: true, t: 2 },
    ]);
  });
});

const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  fc
    .record({ t: fc.nat(999), resumed: fc.option(fc.nat(20)) })
    .map(({ t, resumed }) =>
      start(t, resumed === null ? {} : { resumedFrom: `step-${String(resumed).padStart(6, '0')}` }),
    ),
  fc
    .record({ t: fc.nat(999), at: fc.nat(20), loss: fc.option(fc.double({ noNaN: true })) })
    .map(({ t, at, loss }) => step(t, at, loss)),
  fc.record({ t: fc.nat(999), done: fc.nat(20) }).map(({ t, done }) => progress(t, done, 20)),
  fc
    .record({ t: fc.nat(999), status: fc.constantFrom('ok', 'failed', 'cancelled') })
    .map(({ t, status }) => end(t, status)),
  fc.nat(999).map((t): RunEvent => ({ type: 'heartbeat', t })),
);

describe('any list of events', () => {
  it('gives ascending series, and the same state whether folded at once or one by one', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 40 }),
        fc.constantFrom(true, false, null),
        (events, processAlive) => {
          const facts = { now: 1000, processAlive };
          const fold = newRunFold();
          for (const event of events) {
            foldEvent(fold, event);
            stateOf(fold, facts);
          }
          expect(stateOf(fold, facts)).toEqual(runState(events, facts));
          for (const series of Object.values(stateOf(fold, facts).metrics)) {
            const steps = series.map(([at]) => at);
            expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
          }
        },
      ),
    );
  });

  it('counts events that it does not know, and skips them', () => {
    const unknown: unknown = { type: 'telepathy', t: 5, step: 3 };
    const events = [start(0), unknown as RunEvent, step(6, 1, 2)];
    expect(runState(events, alive(7))).toEqual({
      ...runState([start(0), step(6, 1, 2)], alive(7)),
      unknownEvents: 1,
    });
  });
});
