// node parity.mjs MODEL.gguf CASES.json RESULT.json
// Compares tokenisation and greedy output of node-llama-cpp with the Hugging Face reference made by
// parity_cases.py. A greedy difference is excused only where the reference's own lead over the
// second best token is smaller than what rounding the weights to f16 can move.
import fs from 'node:fs';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

const TIE_LEAD = 0.05; // logits

const [modelPath, casesPath, resultPath] = process.argv.slice(2);
const cases = JSON.parse(fs.readFileSync(casesPath, 'utf8'));
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: LlamaLogLevel.warn });
const model = await llama.loadModel({ modelPath });

const otherTokens = cases.tokenize.filter(({ text, ids }) => !sameIds([...model.tokenize(text, true)], ids));

const context = await model.createContext({ contextSize: 768, sequences: 1, threads: 1 });
const sequence = context.getSequence();
const differences = [];
let tokens = 0;
const started = performance.now();
for (const { prompt, output, lead } of cases.greedy) {
  const found = await greedy(prompt, output.length);
  tokens += found.length;
  const at = output.findIndex((token, index) => token !== found[index]);
  if (at >= 0) differences.push({ at, expected: output[at], found: found[at], lead: lead[at] });
}
const seconds = (performance.now() - started) / 1000;
await model.dispose();

const unexcused = differences.filter(({ lead }) => lead > TIE_LEAD);
const result = {
  textsTokenized: cases.tokenize.length,
  textsEqual: cases.tokenize.length - otherTokens.length,
  greedyPrompts: cases.greedy.length,
  greedyEqual: cases.greedy.length - differences.length,
  greedyTies: differences.length - unexcused.length,
  tokensPerSecond: Math.round(tokens / seconds),
  readBack: cases.readBack,
};
fs.writeFileSync(resultPath, `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result));
for (const { text } of otherTokens) console.error('other tokens:', JSON.stringify(text));
for (const difference of unexcused) console.error('other output:', JSON.stringify(difference));
process.exitCode = otherTokens.length + unexcused.length > 0 ? 1 : 0;

/** The greedy continuation of `prompt`, at most `limit` tokens, the end token included. */
async function greedy(prompt, limit) {
  await sequence.clearHistory();
  const found = [];
  const settings = { temperature: 0, topK: 1, topP: 1, repeatPenalty: false, yieldEogToken: true };
  for await (const token of sequence.evaluate(prompt, settings)) {
    found.push(token);
    if (token === model.tokens.eos || found.length >= limit) break;
  }
  return found;
}

function sameIds(left, right) {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}
