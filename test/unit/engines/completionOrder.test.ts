import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inCompletionOrder } from '../../../src/node/engines/completionOrder.ts';

const never = new AbortController().signal;
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('inCompletionOrder', () => {
  it('yields every result once and never runs more than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 6 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        async (delays, limit) => {
          let running = 0;
          let most = 0;
          const run = async (item: { index: number; delay: number }) => {
            most = Math.max(most, ++running);
            await turns(item.delay);
            running--;
            return item.index;
          };
          const items = delays.map((delay, index) => ({ index, delay }));
          const results: number[] = [];
          for await (const result of inCompletionOrder(items, limit, run, never)) results.push(result);
          expect(results.toSorted((a, b) => a - b)).toEqual(items.map(({ index }) => index));
          expect(most).toBeLessThanOrEqual(limit);
          expect(most).toBe(Math.min(limit, items.length));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('yields the quick before the slow', async () => {
    const order: string[] = [];
    const run = async ([name, delay]: readonly [string, number]) => {
      await turns(delay);
      return name;
    };
    const items = [
      ['slow', 30],
      ['quick', 1],
      ['middling', 10],
    ] as const;
    for await (const name of inCompletionOrder(items, 3, run, never)) order.push(name);
    expect(order).toEqual(['quick', 'middling', 'slow']);
  });

  it('starts nothing new while the consumer is slow', async () => {
    let started = 0;
    const items = Array.from({ length: 1000 }, (_, index) => index);
    const results = inCompletionOrder(
      items,
      4,
      async (item) => {
        started++;
        return item;
      },
      never,
    );
    await results.next();
    await turns(50);
    expect(started).toBeLessThanOrEqual(8);
    await results.return(undefined);
  });

  it('throws the first rejection after the results before it', async () => {
    const results: number[] = [];
    const run = async (item: number) => {
      if (item === 3) throw new Error('third');
      return item;
    };
    await expect(async () => {
      for await (const result of inCompletionOrder([1, 2, 3, 4], 1, run, never)) results.push(result);
    }).rejects.toThrow('third');
    expect(results).toEqual([1, 2]);
  });

  it('ends when aborted, without waiting for what runs', async () => {
    const controller = new AbortController();
    const results: number[] = [];
    const run = (item: number) => (item < 2 ? Promise.resolve(item) : new Promise<number>(() => undefined));
    for await (const result of inCompletionOrder([0, 1, 2, 3], 4, run, controller.signal)) {
      results.push(result);
      if (result === 1) controller.abort();
    }
    expect(results).toEqual([0, 1]);
  });
});
