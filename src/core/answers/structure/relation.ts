import { splitTopLevel } from './brackets.ts';
import { type RelationSign, readStructure, type Structure } from './structure.ts';

const SIGNS: readonly (readonly [string, RelationSign | 'in'])[] = [
  ['\\le', '\\le'],
  ['\\ge', '\\ge'],
  ['\\ne', '\\ne'],
  ['\\approx', '='],
  ['\\equiv', '='],
  ['\\in', 'in'],
  ['<', '<'],
  ['>', '>'],
  ['=', '='],
];

function signAt(text: string, at: number): number {
  for (const [sign] of SIGNS) {
    if (!text.startsWith(sign, at)) continue;
    if (sign.length > 1 && /[a-zA-Z]/.test(text[at + sign.length] ?? '')) continue;
    return sign.length;
  }
  return 0;
}

/** A chain of relations; what stands before `\in` is only a name for what stands behind it. */
export function readRelation(text: string, depth: number): Structure | null {
  const parts = splitTopLevel(text, signAt);
  if (parts.length < 2) return null;
  const written = signsBetween(text, parts);
  // A decimal behind an exact value adds nothing: \frac{1}{3} ≈ 0.33, but x ≈ 0.33 is the answer.
  const decimal = /^\s*-?[\d.]+\s*$/.test(parts.at(-1) ?? '');
  if (written.at(-1) === '\\approx' && (written.length > 1 || (decimal && !isName(parts[0] ?? '')))) {
    written.pop();
    parts.pop();
  }
  if (written.length === 0) return readStructure(parts[0] ?? '', depth + 1);
  if (written.at(-1) === '\\in') return readMembership(parts.at(-1) ?? '', depth);
  const signs = written.map((sign) => SIGNS.find(([name]) => name === sign)?.[1] ?? '=');
  return {
    kind: 'relation',
    parts: parts.map((part) => part.trim()),
    signs: signs.filter((sign) => sign !== 'in'),
  };
}

function signsBetween(text: string, parts: readonly string[]): string[] {
  const signs: string[] = [];
  let at = 0;
  for (const part of parts.slice(0, -1)) {
    at += part.length;
    const length = signAt(text, at);
    signs.push(text.slice(at, at + length));
    at += length;
  }
  return signs;
}

/** `k \in \mathbb{Z}` is a side condition; `x \in (0, 1)` is the interval. */
function readMembership(set: string, depth: number): Structure {
  const isNumberSet = /\\mathbb|\\Z\b|\\N\b/.test(set) && !/^\s*\\mathbb\s*\{?\s*R\b/.test(set);
  return isNumberSet ? { kind: 'condition' } : readStructure(set, depth + 1);
}

/** A single name, such as `x`, `x_1`, `\theta` or `f(x)`: what an assignment gives a value to. */
export function isName(text: string): boolean {
  return /^\s*(?:[a-zA-Z]+'?|\\[a-zA-Z]+)(?:_(?:\{[^{}]*\}|\w))?\s*(?:\([a-zA-Z\\\s,\d]*\))?\s*$/.test(text);
}
