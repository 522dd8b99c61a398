import type { Verdict } from './verdict.ts';

/** AIME mode: an integer from 0 to 999, leading zeros allowed, and nothing else. */
export function compareAime(gold: string, answer: string): Verdict {
  const [a, b] = [aimeInteger(gold), aimeInteger(answer)];
  const forms = { gold: a === null ? gold : String(a), answer: b === null ? answer : String(b) };
  if (a === null || a > 999)
    return { outcome: 'unknown', layer: 'integer', reason: 'gold-not-aime', ...forms };
  if (b === null) return { outcome: 'different', layer: 'integer', reason: 'not-an-integer', ...forms };
  if (b > 999) return { outcome: 'different', layer: 'integer', reason: 'out-of-range', ...forms };
  return { outcome: a === b ? 'equal' : 'different', layer: 'integer', reason: null, ...forms };
}

/** The integer under its LaTeX wrapping; null when it is anything else. */
function aimeInteger(text: string): number | null {
  let bare = text.trim();
  for (let pass = 0; pass < 4; pass++) {
    const inner =
      /^\$+(.*?)\$+$/s.exec(bare) ?? /^\\(?:text|mathrm|mathbf|textbf|boxed)\s*\{([^{}]*)\}$/s.exec(bare);
    const braces = /^[{(]([^{}()]*)[)}]$/.exec(bare) ?? /^\\\((.*)\\\)$/s.exec(bare);
    const next = (inner ?? braces)?.[1]?.trim().replace(/\.$/, '');
    if (next === undefined) break;
    bare = next;
  }
  bare = bare.replace(/\\[,!;: ]/g, '').replace(/\.$/, '');
  return /^\d{1,12}$/.test(bare) ? Number(bare) : null;
}
