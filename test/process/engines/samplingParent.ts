/** A program that samples for ever, for a test that kills it. Writes one line when the first sample is there. */
import { connectEngine } from '../../../src/node/engines/index.ts';

const path = process.argv[2] ?? '';
const { signal } = new AbortController();
const engine = await connectEngine({ name: 'nano', engine: 'llama', path, gpu: 'auto' }, signal);
const sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 200 };
const requests = Array.from({ length: 2000 }, (_, seed) => ({
  id: String(seed),
  messages: [{ role: 'user' as const, content: `What is ${seed} + 1?` }],
  seed,
  sampling,
}));
for await (const { id } of engine.sample(requests, signal)) process.stdout.write(`${id}\n`);
