import type { AnswerMode } from '../schema/problem.ts';
import type { GradingPolicy } from './policies.ts';
import type { GradeResult } from './types.ts';

/** Compares two non-empty answers in one mode. */
export function compareByMode(
  gold: string,
  answer: string,
  mode: AnswerMode,
  _policy: GradingPolicy,
): GradeResult {
  const result = (equal: boolean | null, layer: string, normal: { gold: string; answer: string }) => ({
    grade: equal === null ? ('undetermined' as const) : equal ? ('correct' as const) : ('incorrect' as const),
    answer,
    reason: equal === null ? 'unsupported' : equal ? 'equal' : 'differs',
    layer,
    normalised: normal,
    doubt: [],
  });
  const plain = { gold: strip(gold), answer: strip(answer) };
  if (mode === 'text') return result(gold === answer, 'text', { gold, answer });
  if (mode === 'choice') return result(letter(gold) === letter(answer), 'choice', plain);
  if (mode === 'boolean')
    return result(plain.gold.toLowerCase() === plain.answer.toLowerCase(), 'boolean', plain);
  const a = rational(plain.gold);
  const b = rational(plain.answer);
  if (mode === 'aime') {
    const valid = b !== null && /^\d+$/.test(plain.answer) && b.n <= 999n;
    return result(valid && a !== null && a.n * b.d === b.n * a.d, 'integer', plain);
  }
  if (a !== null && b !== null) return result(a.n * b.d === b.n * a.d, 'rational', plain);
  return result(plain.gold === plain.answer, 'string', plain);
}

function strip(text: string): string {
  return text
    .replace(/^\s*\$+|\$+\s*$/g, '')
    .replace(/\\[,!;: ]/g, '')
    .replace(/\s+/g, '')
    .replace(/\\[dt]frac/g, '\\frac')
    .replace(/(?<=\d),(?=\d{3}\b)/g, '');
}

function letter(text: string): string {
  return /[A-J]/.exec(text.toUpperCase())?.[0] ?? text;
}

function rational(text: string): { n: bigint; d: bigint } | null {
  const match =
    /^(-?)(?:\\frac\{(\d{1,50})\}\{(\d{1,50})\}|(\d{1,50})\/(\d{1,50})|(\d{1,50})(?:\.(\d{1,50}))?)$/.exec(
      text,
    );
  if (match === null) return null;
  const [, sign, fn, fd, sn, sd, whole, decimals = ''] = match;
  const d = BigInt(fd ?? sd ?? 1) * 10n ** BigInt(decimals.length);
  const n = BigInt(fn ?? sn ?? `${whole}${decimals}`) * (sign === '-' ? -1n : 1n);
  return d === 0n ? null : { n, d };
}
