/** A deterministic engine that answers by a function of the prompt and a draw from the seed. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SampleRequest } from '../../../src/core/protocol/inference.ts';
import { hash32 } from '../../../src/core/sampling/index.ts';
import { type MemoryEngine, memoryEngine } from './memoryEngine.ts';

/** What the engine says to a prompt; `draw` is from 0 to 99. */
export type Script = (prompt: string, draw: number) => string;

export function scriptedEngine(script: Script, name = 'scripted'): MemoryEngine {
  const engine = memoryEngine(name);
  return {
    ...engine,
    identity: { ...engine.identity, name, sha256: name },
    async *sample(requests, signal, { enough } = {}) {
      for (const request of requests) {
        await nextTurn();
        if (signal.aborted || enough?.aborted === true) return;
        engine.asked.push(request.id);
        yield answer(request, script);
      }
    },
  };
}

function answer({ id, messages, seed, logprobs }: SampleRequest, script: Script) {
  const prompt = messages?.at(-1)?.content ?? '';
  const text = script(prompt, hash32(seed, prompt) % 100);
  const texts = [...(text.match(/[\s\S]{1,4}/g) ?? []), ''];
  const tokens = {
    values: texts.map(() => -0.5),
    of: 'policy' as const,
    texts,
    ids: texts.map((_, at) => at),
  };
  return {
    id,
    text,
    promptTokens: prompt.length,
    tokens: texts.length - 1,
    finish: 'stop' as const,
    ms: 1,
    ...(logprobs === true ? { logprobs: tokens } : {}),
  };
}

const CHECK = '\n\nWait, let me recheck my solution.\n\n';
const RETRY = '\n\nLet me try again.\n\n';

/** The sum in "What is A+B?", and how far the draw puts an answer beside it: half of the answers are right. */
function sumIn(prompt: string): number {
  const [, a, b] = /(\d+)\+(\d+)/.exec(prompt) ?? [];
  return Number(a) + Number(b);
}

/** Solves sums, and verifies a candidate answer rightly nine times out of ten. */
export const s2rScript: Script = (prompt, draw) => {
  const sum = sumIn(prompt);
  const candidate = /Candidate answer: (\d+)/.exec(prompt)?.[1];
  if (candidate === undefined) return `Add both. \\boxed{${sum + (draw < 50 ? 0 : (draw % 3) + 1)}}`;
  const isRight = Number(candidate) === sum;
  const isSaidRight = draw < 90 ? isRight : !isRight;
  return `Take ${candidate} apart again (${draw}). So the original answer is ${isSaidRight ? 'correct' : 'wrong'}.`;
};

/** Whole trajectories: a solve and its verification, and another round after a denial. */
export const rolloutScript: Script = (prompt, draw) => {
  const sum = sumIn(prompt);
  const round = (isRight: boolean, verdict: string) =>
    `Add both. \\boxed{${sum + (isRight ? 0 : 1)}}${CHECK}Once more. Therefore, the answer is ${verdict}.`;
  if (draw < 30) return round(true, 'correct');
  if (draw < 60) return round(false, 'correct');
  return round(false, 'incorrect') + RETRY + round(draw < 80, 'correct');
};
