import { separator, splitTopLevel } from './brackets.ts';
import { readAll, type Structure } from './structure.ts';

const ENVIRONMENT =
  /^(?:\[|\()?\s*\\begin\{([pbB]?matrix|smallmatrix|array)\}(?:\{[^}]*\})?(.*)\\end\{\1\}\s*(?:\]|\))?\s*(\^\s*\{?\s*(?:T|\\top|\\intercal)\s*\}?)?$/s;

/** A matrix environment in any brackets, also transposed. A determinant, `vmatrix`, is no matrix. */
export function readMatrix(text: string, depth: number): Structure | null {
  const match = ENVIRONMENT.exec(text);
  if (match === null) return null;
  const rows = splitTopLevel(match[2] ?? '', rowEnd)
    .map((row) => row.replaceAll('\\hline', '').trim())
    .filter((row) => row !== '')
    .map((row) => splitTopLevel(row, separator('&')).flatMap((cell) => readCell(cell, depth)));
  return { kind: 'matrix', rows: match[3] === undefined ? rows : transpose(rows) };
}

/** An empty cell keeps its place. */
function readCell(cell: string, depth: number): Structure[] {
  return cell.trim() === '' ? [{ kind: 'scalar', text: '' }] : readAll([cell], depth);
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
