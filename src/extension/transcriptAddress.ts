import * as vscode from 'vscode';
import { CRITIQUE_EDIT_SCHEME, TRANSCRIPT_SCHEME } from './contributions.ts';

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
  if (parts === undefined || (uri.scheme !== TRANSCRIPT_SCHEME && uri.scheme !== CRITIQUE_EDIT_SCHEME))
    return null;
  const [run, sample] = [unescapeName(parts.run ?? ''), unescapeName(parts.sample ?? '')];
  if (run === null || sample === null) return null;
  return { folder: uri.query, run, kind: parts.kind === 'critique' ? 'critique' : 'transcript', sample };
}

/** Ids hold slashes (`tank#0/1`), and a tab should still show them: a slash is written as one that parts nothing. */
const SLASH = '∕';

function escapeName(name: string): string {
  return name.replace(/[%\\∕]/g, (character) => encodeURIComponent(character)).replaceAll('/', SLASH);
}

/** Null when the name was not written by `escapeName`. */
function unescapeName(name: string): string | null {
  try {
    return decodeURIComponent(name.replaceAll(SLASH, '/'));
  } catch {
    return null;
  }
}
