/**
 * Problem files that are open, parsed once for everything that shows something on them. A large file is parsed in
 * slices, so that the window stays responsive, and of an edited one only the lines that are new.
 */
import * as vscode from 'vscode';
import { formatOfFile } from '../core/problems/format.ts';
import type { ProblemFault, RowOrBreak } from '../core/problems/index.ts';
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

/** Rows of JSON lines by their text: the same text, the same row. */
export type RowCache = Map<string, RowOrBreak>;

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
    const { parseInSlices } = await import('./problemReading.ts');
    const set = await parseInSlices(document.getText(), document.fileName, format, { known, isWanted });
    const entry = this.#known.get(document.uri.toString());
    if (set !== null && entry?.version === version) entry.rows = set.rows;
    return set;
  }
}
