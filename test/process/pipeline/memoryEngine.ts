/**
 * A deterministic engine without a model, for the logic of the pipelines alone: what it answers depends on the prompt
 * and the seed, as with a real engine on one slot. The pipelines are tested on the real model beside.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SampleRequest, SampleResult } from '../../../src/core/protocol/inference.ts';
import { hash32 } from '../../../src/core/sampling/index.ts';
import type { Engine } from '../../../src/node/engines/engine.ts';

export interface MemoryEngine extends Engine {
  /** Ids asked for so far. */
  readonly asked: string[];
  /** Makes the next request of this id fail. */
  readonly failing: Set<string>;
  /** Makes the engine itself break after so many more samples. */
  breakAfter: number;
  isStopped: boolean;
}

/** Solves "What is A+B?", right or wrong by the seed, and criticises such solutions. */
export function memoryEngine(modelSha256 = 'abc'): MemoryEngine {
  const engine: MemoryEngine = {
    identity: { name: 'memory', engine: 'llama', path: '/memory.gguf', sha256: modelSha256 },
    capabilities: { logprobs: 'policy' },
    facts: { name: 'memory', version: '1', device: 'cpu', processes: 0, threads: 1, slots: 1 },
    asked: [],
    failing: new Set(),
    breakAfter: Number.POSITIVE_INFINITY,
    isStopped: false,
    async *sample(requests, signal, { enough } = {}) {
      for (const request of requests) {
        await nextTurn();
        engine.isStopped = signal.aborted;
        if (signal.aborted || enough?.aborted === true) return;
        engine.asked.push(request.id);
        if (engine.breakAfter <= 0) throw new Error('the engine broke');
        engine.breakAfter -= 1;
        yield engine.failing.delete(request.id) ? failure(request) : answer(request);
      }
    },
    close: () => Promise.resolve(),
  };
  return engine;
}

function answer({ id, messages, seed, sampling }: SampleRequest): SampleResult {
  const prompt = messages?.at(-1)?.content ?? '';
  const [, a, b] = /(\d+)\+(\d+)/.exec(prompt) ?? [];
  const sum = Number(a) + Number(b);
  const draw = hash32(seed, prompt) % 100;
  const isCritique = prompt.includes('critique');
  const value = draw < 50 ? sum : sum + 1;
  const text = isCritique
    ? `Check 1: ${a}+${b}=${sum}. ${prompt.includes(`boxed{${sum}}`) ? 'Right' : 'Wrong'}.\nDraw ${draw}. \\boxed{${value}}`
    : `<think>\nStep 1: ${a}+${b}=${value}.\n</think>\n\\boxed{${value}}`;
  const isCut = draw % 10 === 0;
  return {
    id,
    text: isCut ? text.slice(0, 12) : text,
    promptTokens: prompt.length,
    tokens: Math.min(text.length, sampling.maxTokens),
    finish: isCut ? 'length' : 'stop',
    ms: 1,
  };
}

function failure({ id }: SampleRequest): SampleResult {
  return { id, text: '', promptTokens: 0, tokens: 0, finish: 'error', ms: 1, error: 'the child died' };
}
