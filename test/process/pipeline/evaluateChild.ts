/**
 * Evaluates on the embedded model until it is done or killed: `node evaluateChild.ts SETTINGS` with JSON settings.
 * Prints a line for each sample, so that the test knows when something is being generated.
 */
import { z } from 'zod';
import { nanoPrompts } from '../../../src/core/prompts/index.ts';
import { connectEngine } from '../../../src/node/engines/index.ts';
import { evaluate } from '../../../src/node/pipeline/index.ts';
import { readProblemSet } from '../../../src/node/problems/readProblems.ts';
import { nanoModelFile } from '../../../src/node/workspace/index.ts';

const settings = z
  .object({ dir: z.string(), set: z.string(), n: z.int() })
  .parse(JSON.parse(process.argv[2] ?? ''));
const { signal } = new AbortController();
const engine = await connectEngine(
  { name: 'nano', engine: 'llama', path: nanoModelFile(), gpu: 'cpu', processes: 1, slots: 1 },
  signal,
);
const { problems, identity } = await readProblemSet(settings.set);
await evaluate({
  dir: settings.dir,
  engine,
  problems,
  problemSet: identity,
  prompts: nanoPrompts,
  sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 200 },
  seed: 11,
  n: settings.n,
  onProgress: ({ sample }) => process.stdout.write(`${sample?.id ?? 'start'}\n`),
});
await engine.close();
