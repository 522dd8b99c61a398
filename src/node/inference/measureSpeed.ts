/** How fast a loaded model generates, by doing so for a moment. */
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import type { Loaded } from './loadModel.ts';

/** Positions of the context that a measurement leaves alone. */
const SPARE = 4;

/** Tokens per second over `slots` sequences in lockstep, for about `ms` after a warm-up; at least one step. */
export async function measureSpeed(
  { model, sequences, description }: Loaded,
  slots: number,
  ms: number,
): Promise<number> {
  const used = sequences.slice(0, slots);
  const token = model.tokens.bos ?? model.tokens.eos ?? model.tokenize('1')[0];
  if (token === undefined || used.length === 0) return 0;
  await Promise.all(used.map((sequence) => sequence.clearHistory()));
  await step(used, token, 0);
  const startedAt = performance.now();
  let steps = 0;
  let elapsed = 0;
  do {
    await step(used, token, ++steps);
    elapsed = performance.now() - startedAt;
  } while (elapsed < ms && steps < description.contextTokens - SPARE);
  await Promise.all(used.map((sequence) => sequence.clearHistory()));
  return (1000 * steps * used.length) / elapsed;
}

async function step(sequences: readonly LlamaContextSequence[], token: Token, seed: number): Promise<void> {
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0, seed };
  const input: Parameters<LlamaContextSequence['controlledEvaluate']>[0] = [
    [token, { generateNext: { token: true, options } }],
  ];
  await Promise.all(sequences.map((sequence) => sequence.controlledEvaluate(input)));
}
