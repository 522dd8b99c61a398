import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { createRemote, type Port, serve } from '../../src/core/rpc.ts';

interface Arithmetic {
  add(a: number, b: number): number;
  later(value: string): Promise<string>;
  fail(): never;
  refuse(): never;
  never(): Promise<void>;
}

const arithmetic: Arithmetic = {
  add: (a, b) => a + b,
  later: async (value) => value,
  fail: () => {
    throw new Error('out of numbers');
  },
  refuse: () => {
    throw new UserError('no-numbers', 'There are none.', {
      place: { file: 'a.txt', line: 3 },
      remedy: 'Buy some.',
    });
  },
  never: () => new Promise(() => undefined),
};

/** Two ports joined through structured cloning, delivering in later turns as real channels do. */
function pair(): { a: Port & Tap; b: Port & Tap } {
  const [fromA, fromB] = [tap(), tap()];
  return { a: { ...fromA, post: fromB.deliver }, b: { ...fromB, post: fromA.deliver } };
}

interface Tap {
  /** Delivers a message to this end's listeners. */
  deliver(message: unknown): void;
  listenerCount(): number;
}

function tap(): Omit<Port, 'post'> & Tap {
  const listeners = new Set<(message: unknown) => void>();
  return {
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    deliver(message) {
      const copy = structuredClone(message);
      setImmediate(() => {
        for (const listener of [...listeners]) listener(copy);
      });
    },
    listenerCount: () => listeners.size,
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('typed RPC', () => {
  it('returns values, from methods and from promises', async () => {
    const { a, b } = pair();
    serve<Arithmetic>(b, arithmetic);
    const { remote } = createRemote<Arithmetic>(a);
    expect(await remote.add(2, 3)).toBe(5);
    expect(await remote.later('x')).toBe('x');
  });

  it('rejects the caller when a method throws, and keeps a UserError whole', async () => {
    const { a, b } = pair();
    serve<Arithmetic>(b, arithmetic);
    const { remote } = createRemote<Arithmetic>(a);
    await expect(remote.fail()).rejects.toThrow('out of numbers');
    const refused = await remote.refuse().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({
      code: 'no-numbers',
      place: { file: 'a.txt', line: 3 },
      remedy: 'Buy some.',
    });
  });

  it.each(['missing', 'constructor', 'toString', 'hasOwnProperty', '__proto__'])(
    'rejects the unknown method %s',
    async (name) => {
      const { a, b } = pair();
      serve<Arithmetic>(b, arithmetic);
      const { remote } = createRemote<Record<string, () => void>>(a);
      await expect(remote[name]?.()).rejects.toThrow(`Unknown method "${name}"`);
    },
  );

  it('keeps calls and replies apart when both ends call on one channel', async () => {
    const { a, b } = pair();
    const left: Arithmetic = { ...arithmetic, add: (x, y) => 1000 + x + y };
    serve<Arithmetic>(a, left);
    serve<Arithmetic>(b, arithmetic);
    const [toB, toA] = [createRemote<Arithmetic>(a).remote, createRemote<Arithmetic>(b).remote];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.integer(), fc.integer())), async (calls) => {
        const answers = await Promise.all(calls.map(([isToB, x, y]) => (isToB ? toB : toA).add(x, y)));
        expect(answers).toEqual(calls.map(([isToB, x, y]) => (isToB ? x + y : 1000 + x + y)));
      }),
      { numRuns: 30 },
    );
  });

  it('can be awaited itself without calling a method named then', async () => {
    const { a, b } = pair();
    serve<Arithmetic>(b, arithmetic);
    const remote = await Promise.resolve(createRemote<Arithmetic>(a).remote);
    expect(await remote.add(1, 1)).toBe(2);
  });

  it('rejects pending and later calls when disposed, and stops listening', async () => {
    const { a, b } = pair();
    const stop = serve<Arithmetic>(b, arithmetic);
    const connection = createRemote<Arithmetic>(a);
    const pending = [connection.remote.never(), connection.remote.never()];
    const settled = Promise.allSettled(pending);
    connection.dispose(new Error('window closed'));
    connection.dispose(new Error('only the first reason counts'));
    expect(await settled).toMatchObject([
      { status: 'rejected', reason: { message: 'window closed' } },
      { status: 'rejected', reason: { message: 'window closed' } },
    ]);
    await expect(connection.remote.add(1, 2)).rejects.toThrow('window closed');
    expect(a.listenerCount()).toBe(0);
    stop();
    expect(b.listenerCount()).toBe(0);
  });

  it('rejects a call whose parameters cannot be posted', async () => {
    const { a, b } = pair();
    serve(b, { take: (_value: unknown) => 'taken' });
    const { remote } = createRemote<{ take(value: unknown): string }>(a);
    await expect(remote.take(() => 1)).rejects.toThrow(/clone/);
    expect(await remote.take(1)).toBe('taken');
  });

  it('rejects a call whose result cannot be posted', async () => {
    const { a, b } = pair();
    serve(b, { give: () => () => 1 });
    const { remote } = createRemote<{ give(): unknown }>(a);
    await expect(remote.give()).rejects.toThrow(/clone/);
  });

  it('ignores every message that is neither a call nor the reply to one', async () => {
    const { a, b } = pair();
    serve<Arithmetic>(b, arithmetic);
    const { remote } = createRemote<Arithmetic>(a);
    const fuzzed = fc.oneof(
      fc.anything(),
      // Shapes close to real ones. Calls to `a`, which serves nothing, and replies to calls that nobody made.
      fc.record({ id: fc.anything(), value: fc.anything() }),
      fc.record({ id: fc.integer({ max: 0 }), error: fc.anything() }),
      fc.record({ id: fc.integer(), method: fc.string(), parameters: fc.anything(), value: fc.anything() }),
      fc.record({ id: fc.anything(), method: fc.anything() }),
    );
    await fc.assert(
      fc.asyncProperty(fuzzed, fc.boolean(), async (message, isToA) => {
        // Ids that count are those of calls in flight: none is in flight here.
        const deliver = isToA ? a.deliver : b.deliver;
        try {
          deliver(message);
        } catch {
          return; // Not cloneable: it never gets through a channel.
        }
        await turn();
        expect(await remote.add(20, 22)).toBe(42);
      }),
      { numRuns: 300 },
    );
  });

  it('settles a call whose error reply is malformed', async () => {
    const { a, b } = pair();
    b.listen((message) => {
      const { id } = message as { id: number };
      b.post({ id, error: { text: 7 } });
    });
    await expect(createRemote<Arithmetic>(a).remote.add(1, 2)).rejects.toThrow('The call failed.');
  });
});
