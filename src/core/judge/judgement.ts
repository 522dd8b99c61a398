import { z } from 'zod';
import { splitThinking } from '../reflection/index.ts';

const answerSchema = z.object({
  reflection_moments: z.array(z.string()).default([]),
  analysis: z.string().default(''),
  score: z.union([
    z.number(),
    z
      .string()
      .regex(/^\s*-?\d+(?:\.\d+)?\s*$/)
      .transform(Number),
  ]),
});

export interface Judgement {
  /** s(y) of spec A4.1, a whole number from 0 to 10. */
  readonly score: number;
  readonly analysis: string;
  /** The reflections that the judge found, in its own words. */
  readonly moments: readonly string[];
}

/** Of a judge that cannot be read twice (spec A4.2). */
export const FALLBACK_SCORE = 5;
const LOWEST = 0;
const HIGHEST = 10;
/** Objects tried, from the last one back: a judge may quote braces on its way to the answer. */
const STARTS_AT_MOST = 20;

/** Reads the judge's JSON, in a fence or among words; a score outside the scale is clamped. Null when there is none. */
export function parseJudgement(text: string): Judgement | null {
  const { summary } = splitThinking(text);
  const said = summary === null ? '' : text.slice(...summary);
  const end = said.lastIndexOf('}') + 1;
  let start = said.indexOf('{');
  const first = parseObject(said.slice(start < 0 ? end : start, end));
  if (first !== null) return first;
  start = end;
  for (let tried = 0; tried < STARTS_AT_MOST; tried += 1) {
    start = said.lastIndexOf('{', start - 1);
    if (start < 0) return null;
    const found = parseObject(said.slice(start, end));
    if (found !== null) return found;
    if (start === 0) return null;
  }
  return null;
}

function parseObject(text: string): Judgement | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = answerSchema.safeParse(value);
  if (!parsed.success || !Number.isFinite(parsed.data.score)) return null;
  const { score, analysis, reflection_moments: moments } = parsed.data;
  return { score: Math.min(HIGHEST, Math.max(LOWEST, Math.round(score))), analysis, moments };
}
