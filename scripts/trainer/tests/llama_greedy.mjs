// node llama_greedy.mjs REQUEST.json RESULT.json
// Greedy tokens of node-llama-cpp: { model, adapter, prompts: ids[][], limit } -> { outputs: ids[][], texts: ids[][] }.
import fs from 'node:fs';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

const [requestPath, resultPath] = process.argv.slice(2);
const request = JSON.parse(fs.readFileSync(requestPath, 'utf8'));
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: request.model });
const lora = request.adapter === null ? undefined : { adapters: [{ filePath: request.adapter }] };
const context = await model.createContext({ contextSize: 512, sequences: 1, threads: 1, lora });
const sequence = context.getSequence();
const outputs = [];
for (const prompt of request.prompts) outputs.push(await greedy(prompt, request.limit));
const texts = request.texts.map((text) => [...model.tokenize(text, true)]);
await model.dispose();
fs.writeFileSync(resultPath, JSON.stringify({ outputs, texts }));

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
