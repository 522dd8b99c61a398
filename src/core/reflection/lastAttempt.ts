import type { Span } from '../schema/common.ts';
import { splitThinking } from './thinking.ts';
import { parseTrajectory } from './trajectory.ts';

/**
 * The last solve action of a trace, without think tags and rechecks. `text` carries the summary's `\boxed{}` as well,
 * because a critic has to see the answer; `span` is where the steps stand in the original text.
 */
export function lastAttempt(text: string): { text: string; span: Span } {
  const solve = parseTrajectory(text).actions.findLast((action) => action.type === 'solve');
  const span: Span = solve?.span ?? [0, text.length];
  const steps = text.slice(...span);
  const { think, summary } = splitThinking(text);
  const isInThink = think !== null && span[0] >= think[0] && span[1] <= think[1];
  const box = isInThink && summary !== null ? lastBox(text.slice(...summary)) : null;
  return { text: box === null || steps.endsWith(box) ? steps : `${steps} ${box}`, span };
}

/** The last `\boxed{...}` with balanced braces, as written; in one pass, whatever is left open. */
function lastBox(text: string): string | null {
  const open: number[] = [];
  let last: readonly [number, number] | null = null;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') open.push(at);
    if (text[at] !== '}') continue;
    const brace = open.pop();
    if (brace === undefined || !text.endsWith(BOX, brace) || brace - BOX.length < (last?.[0] ?? 0)) continue;
    last = [brace - BOX.length, at + 1];
  }
  return last === null ? null : text.slice(...last);
}

const BOX = '\\boxed';
