import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { type CompareHost, compareHostSchemas } from '../../../src/core/protocol/compare.ts';
import type { DashboardHost } from '../../../src/core/protocol/dashboard.ts';
import { dashboardHostSchemas } from '../../../src/core/protocol/dashboardSchemas.ts';
import { guarded, type ParameterSchemas } from '../../../src/core/protocol/guard.ts';
import { type SamplingHost, samplingHostSchemas } from '../../../src/core/protocol/sampling.ts';
import { type Port, serve } from '../../../src/core/rpc.ts';

/** A host that notes what reaches it. */
function recorder<T extends object>(schemas: ParameterSchemas<T>): { host: T; calls: [string, unknown[]][] } {
  const calls: [string, unknown[]][] = [];
  const methods = Object.keys(schemas).map((name) => [
    name,
    (...parameters: unknown[]) => void calls.push([name, parameters]),
  ]);
  return { host: Object.fromEntries(methods) as T, calls };
}

/** What a page could send: nonsense, or a known method with any parameters. */
const message = (names: readonly string[]) =>
  fc.oneof(
    fc.anything(),
    fc.record({
      id: fc.oneof(fc.integer(), fc.anything()),
      method: fc.oneof(
        fc.constantFrom(...names, 'constructor', '__proto__', 'toString', 'then', 'hasOwnProperty'),
        fc.string(),
      ),
      parameters: fc.oneof(
        fc.array(fc.anything(), { maxLength: 3 }),
        fc.array(
          fc.record(
            {
              left: fc.anything(),
              right: fc.string(),
              run: fc.string(),
              problemId: fc.anything(),
              position: fc.oneof(fc.double(), fc.integer(), fc.string()),
              transition: fc.oneof(fc.constantFrom('i→c', 'c→c'), fc.string()),
              filter: fc.anything(),
              from: fc.oneof(fc.integer(), fc.double()),
              critiqueId: fc.string(),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 2 },
        ),
        fc.anything(),
      ),
    }),
  );

function fuzz<T extends object>(what: string, schemas: ParameterSchemas<T>): void {
  it(`${what}: any message is answered or ignored, and only what fits reaches the host`, async () => {
    const { host, calls } = recorder(schemas);
    const answers: unknown[] = [];
    let deliver: (message: unknown) => void = () => {};
    const port: Port = {
      post: (answer) => void answers.push(answer),
      listen: (listener) => {
        deliver = listener;
        return () => {};
      },
    };
    serve(port, guarded(host, schemas));
    await fc.assert(
      fc.asyncProperty(message(Object.keys(schemas)), async (sent) => {
        answers.length = 0;
        calls.length = 0;
        deliver(sent);
        // Answers come in a microtask after the call.
        await new Promise((resolve) => setImmediate(resolve));
        expect(answers.length).toBeLessThanOrEqual(1);
        for (const [name, parameters] of calls) {
          const expected = (schemas as Record<string, readonly z.ZodType[]>)[name] ?? [];
          expect(parameters).toHaveLength(expected.length);
          for (const [at, schema] of expected.entries()) {
            expect(schema.safeParse(parameters[at]).success).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
}

describe('panels are not trusted', () => {
  fuzz<CompareHost>('Compare', compareHostSchemas);
  fuzz<SamplingHost>('Rejection Sampling', samplingHostSchemas);
  fuzz<DashboardHost>('Training dashboard', dashboardHostSchemas);

  it('a call with the right parameters reaches the host as it was sent', async () => {
    const { host, calls } = recorder<SamplingHost>(samplingHostSchemas);
    await guarded(host, samplingHostSchemas).droppedRows({ filter: 'verdict', from: 100 });
    expect(calls).toEqual([['droppedRows', [{ filter: 'verdict', from: 100 }]]]);
  });

  it('a call with others is refused with a remedy', () => {
    const { host, calls } = recorder<SamplingHost>(samplingHostSchemas);
    const page = guarded(host, samplingHostSchemas);
    expect(() => page.droppedRows({ filter: 'verdict', from: -1 })).toThrow('not understood');
    expect(calls).toEqual([]);
  });
});
