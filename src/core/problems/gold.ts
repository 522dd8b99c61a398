import { findBoxes } from '../answers/extract/boxes.ts';

/** A gold answer taken from a cell, with the worked solution when the cell held one (GSM8K). */
export interface GoldCell {
  readonly answer: string | null;
  readonly solution?: string;
}

/** Understands the gold forms of public sets: `#### 42`, `$42$`, `\boxed{42}`, 27.0, `["42"]`, true. */
export function readGold(cell: unknown): GoldCell {
  if (cell === null || cell === undefined) return { answer: null };
  if (typeof cell === 'boolean') return { answer: cell ? 'True' : 'False' };
  if (typeof cell === 'number' || typeof cell === 'bigint') return { answer: String(cell) };
  if (Array.isArray(cell)) return readGoldList(cell);
  if (typeof cell !== 'string') return { answer: null };
  return readGoldText(cell);
}

function readGoldList(cell: readonly unknown[]): GoldCell {
  const answers = cell.map((entry) => readGold(entry).answer).filter((entry) => entry !== null);
  return { answer: answers.length === 0 ? null : answers.join(', ') };
}

function readGoldText(cell: string): GoldCell {
  const hashes = cell.lastIndexOf('####');
  if (hashes >= 0) {
    const answer = cell
      .slice(hashes + 4)
      .trim()
      .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '');
    const solution = cell.slice(0, hashes).trim();
    return { answer: answer === '' ? null : answer, ...(solution === '' ? {} : { solution }) };
  }
  const text = cell.trim();
  const box = findBoxes(text).at(-1);
  if (box?.closed) {
    const whole = box.span[0] <= 1 && box.span[1] >= text.length - 1;
    return { answer: box.content.trim() || null, ...(whole ? {} : { solution: text }) };
  }
  const bare = stripDollars(text).trim();
  const integral = /^(-?\d+)\.0+$/.exec(bare);
  return { answer: integral?.[1] ?? (bare === '' ? null : bare) };
}

/** The answer that a worked solution ends with: its last box (the form of the MATH set). */
export function goldFromSolution(solution: string): string | null {
  const box = findBoxes(solution).findLast((candidate) => candidate.closed);
  return box === undefined ? null : box.content.trim() || null;
}

/** `$42$` and `$$42$$` without their dollars, when they enclose the whole. */
function stripDollars(text: string): string {
  for (const mark of ['$$', '$']) {
    const inner = text.slice(mark.length, -mark.length);
    const enclosed = text.length > 2 * mark.length && text.startsWith(mark) && text.endsWith(mark);
    if (enclosed && !inner.replaceAll('\\$', '').includes('$')) return inner;
  }
  return text;
}
