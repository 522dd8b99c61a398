/**
 * Problem files that are open, parsed once for everything that shows something on them. A large file is parsed in
 * slices, so that the window stays responsive, and of an edited one only the lines that are new.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import {
  createProblemReader,
  formatOfFile,
  type ProblemFault,
  type ProblemFormat,
  parseJsonRow,
  type RowOrBreak,
  splitRows,
} from '../core/problems/index.ts';
import type { Problem } from '../core/schema/problem.ts';
import { isProblemFile } from './problemFiles.ts';

export interface PlacedProblem {
  /** From 0. */
  readonly line: number;
  readonly problem: Problem;
}

export interface ParsedSet {
  readonly problems: readonly PlacedProblem[];
  readonly faults: readonly ProblemFault[];
}

/** Work between two looks at what else the extension host has to do. */
const SLICE_MS = 8;

/** Gives way to everything else when the slice is used up. */
export function createSlicer(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < SLICE_MS) return undefined;
    return nextTurn().then(() => {
      began = performance.now();
    });
  };
}

/** Rows of JSON lines by their text: the same text, the same row. */
export type RowCache = Map<string, RowOrBreak>;

/** Parses a set in slices. `isWanted` is asked after each: null when it no longer is. */
export async function parseInSlices(
  text: string,
  file: string,
  format: ProblemFormat,
  { known = new Map(), isWanted = () => true }: { known?: RowCache; isWanted?: () => boolean } = {},
): Promise<(ParsedSet & { readonly rows: RowCache }) | null> {
  const faults: ProblemFault[] = [];
  const read = createProblemReader({ file }, (fault) => faults.push(fault));
  const problems: PlacedProblem[] = [];
  const rows: RowCache = new Map();
  const pause = createSlicer();
  for (const row of format === 'jsonl' ? jsonLines(text, known, rows) : splitRows(text, format)) {
    const problem = read(row);
    if (problem !== null) problems.push({ line: row.line - 1, problem });
    const waiting = pause();
    if (waiting !== undefined) await waiting;
    if (waiting !== undefined && !isWanted()) return null;
  }
  return { problems, faults, rows };
}

function* jsonLines(text: string, known: RowCache, rows: RowCache): Generator<RowOrBreak> {
  let line = 0;
  for (let start = 0; start <= text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next;
    line += 1;
    const source = text.slice(start, end);
    start = end + 1;
    if (source.trim() === '') continue;
    const found = known.get(source);
    const row = found === undefined ? parseJsonRow(source, line) : { ...found, line };
    rows.set(source, row);
    yield row;
  }
}

interface Parsed {
  readonly version: number;
  readonly set: Promise<ParsedSet | null>;
  rows: RowCache;
}

export class ProblemDocuments implements vscode.Disposable {
  readonly #known = new Map<string, Parsed>();
  readonly #subscription = vscode.workspace.onDidCloseTextDocument(({ uri }) =>
    this.#known.delete(uri.toString()),
  );

  /** The problems of a document as it is now; null when it is no problem file, or was edited meanwhile. */
  parsed(document: vscode.TextDocument): Promise<ParsedSet | null> {
    const key = document.uri.toString();
    const known = this.#known.get(key);
    if (known?.version === document.version) return known.set;
    const entry: Parsed = {
      version: document.version,
      set: this.#parse(document, known?.rows ?? new Map()),
      rows: known?.rows ?? new Map(),
    };
    this.#known.set(key, entry);
    return entry.set;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #parse(document: vscode.TextDocument, known: RowCache): Promise<ParsedSet | null> {
    const format = formatOfFile(document.fileName);
    if (document.uri.scheme !== 'file' || format === null || format === 'parquet') return null;
    if (!(await isProblemFile(document.uri.fsPath))) return null;
    const { version } = document;
    const isWanted = () => !document.isClosed && document.version === version;
    if (!isWanted()) return null;
    const set = await parseInSlices(document.getText(), document.fileName, format, { known, isWanted });
    const entry = this.#known.get(document.uri.toString());
    if (set !== null && entry?.version === version) entry.rows = set.rows;
    return set;
  }
}
