import * as vscode from 'vscode';
import { TRANSCRIPT_SCHEME } from './contributions.ts';

/** Names a solution or a critique of a run. As a URI it survives a reload: it holds no position and no content. */
export interface TranscriptAddress {
  /** URI of the workspace folder. */
  readonly folder: string;
  /** Name of the run directory. */
  readonly run: string;
  readonly kind: 'transcript' | 'critique';
  /** Id of the solution or of the critique. */
  readonly sample: string;
}

/** `reflection:/<run>/<sample>.transcript?<folder>` */
export function transcriptUri({ folder, run, kind, sample }: TranscriptAddress): vscode.Uri {
  return vscode.Uri.from({
    scheme: TRANSCRIPT_SCHEME,
    path: `/${escapeName(run)}/${escapeName(sample)}.${kind}`,
    query: folder,
  });
}

/** Null for any other URI. The names in it are looked up among the runs on disk, never used as paths. */
export function transcriptAddress(uri: vscode.Uri): TranscriptAddress | null {
  const parts = /^\/(?<run>[^/]+)\/(?<sample>[^/]+)\.(?<kind>transcript|critique)$/.exec(uri.path)?.groups;
  if (uri.scheme !== TRANSCRIPT_SCHEME || parts === undefined) return null;
  const { run = '', sample = '', kind } = parts;
  return {
    folder: uri.query,
    run: unescapeName(run),
    kind: kind === 'critique' ? 'critique' : 'transcript',
    sample: unescapeName(sample),
  };
}

/** A name as one part of a path: only what would split or end it is written otherwise. */
function escapeName(name: string): string {
  return name.replace(/[%/\\]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function unescapeName(name: string): string {
  return name.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
