import { separator, splitTopLevel } from './brackets.ts';
import { readAll, type Structure } from './structure.ts';

const ENVIRONMENT =
  /^(.{0,200}?)(?:\[|\()?\s*\\begin\{([pbBv]?matrix|smallmatrix|array)\}(?:\{[^}]*\})?(.*)\\end\{\2\}\s*(?:\]|\))?\s*(\^\s*\{?\s*(?:T|\\top|\\intercal)\s*\}?)?$/s;

/** A matrix environment in any brackets, also transposed, also behind a factor; a determinant is a scalar. */
export function readMatrix(text: string, depth: number): Structure | null {
  const match = ENVIRONMENT.exec(text);
  if (match === null) return null;
  const [, factor = '', environment, body = '', transposed] = match;
  const cells = splitTopLevel(body, rowEnd)
    .map((row) => row.replaceAll('\\hline', '').trim())
    .filter((row) => row !== '')
    .map((row) => splitTopLevel(row, separator('&')).map((cell) => cell.trim()));
  if (/[=,;&]|\\begin/.test(factor) || /\\(?:begin|end)\{/.test(body)) return null;
  if (environment === 'vmatrix') return factor === '' ? readDeterminant(cells) : null;
  const scaled =
    factor.trim() === '' ? cells : cells.map((row) => row.map((cell) => `(${factor}) \\cdot (${cell})`));
  const rows = scaled.map((row) => row.flatMap((cell) => readCell(cell, depth)));
  return { kind: 'matrix', rows: transposed === undefined ? rows : transpose(rows) };
}

/** An empty cell keeps its place. */
function readCell(cell: string, depth: number): Structure[] {
  return cell === '' ? [{ kind: 'scalar', text: '' }] : readAll([cell], depth);
}

/** Of a 2 × 2 determinant its value; larger ones are left unread. */
function readDeterminant(cells: readonly (readonly string[])[]): Structure | null {
  const [[a, b, ...right] = [], [c, d, ...below] = [], ...more] = cells;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return null;
  if (right.length + below.length + more.length > 0) return null;
  return { kind: 'scalar', text: `(${a}) \\cdot (${d}) - (${b}) \\cdot (${c})` };
}

/** `\\`, `\\[2pt]` or `\cr`. */
function rowEnd(text: string, at: number): number {
  if (text.startsWith('\\cr', at) && !/[a-zA-Z]/.test(text[at + 3] ?? '')) return 3;
  if (!text.startsWith('\\\\', at)) return 0;
  return 2 + (/^\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm)\s*\]/.exec(text.slice(at + 2, at + 20))?.[0].length ?? 0);
}

function transpose(rows: readonly (readonly Structure[])[]): Structure[][] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, column) =>
    rows.map((row) => row[column] ?? { kind: 'scalar' as const, text: '' }),
  );
}
