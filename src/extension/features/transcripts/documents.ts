import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { type LoadedTranscript, loadTranscript } from './library.ts';

/** The transcript documents that are open, as they were last read. */
export interface TranscriptDocuments {
  get(uri: vscode.Uri): LoadedTranscript | undefined;
  /** A document was read, or read again because its runs have changed. */
  readonly onDidLoad: vscode.Event<vscode.Uri>;
  readonly onDidClose: vscode.Event<vscode.Uri>;
  /** Reads all open documents again now, as after a review. */
  reload(): Promise<void>;
}

/** Serves transcript documents, and keeps the open ones up to date with the run directories. */
export function registerDocuments(services: Services): TranscriptDocuments {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const loaded = new vscode.EventEmitter<vscode.Uri>();
  const closed = new vscode.EventEmitter<vscode.Uri>();
  const known = new Map<string, LoadedTranscript>();
  let hold: vscode.Disposable | undefined;
  let reloading = Promise.resolve();
  let queued: Promise<void> | undefined;

  const isOurs = (document: vscode.TextDocument) => document.uri.scheme === TRANSCRIPT_SCHEME;
  const openDocuments = () => vscode.workspace.textDocuments.filter(isOurs);

  /** Runs are looked for while a transcript is open: a critique may be written, or the directory deleted. */
  function holdWhileOpen(): void {
    if (openDocuments().length > 0) hold ??= services.runs.hold();
    else {
      hold?.dispose();
      hold = undefined;
    }
  }

  async function load(uri: vscode.Uri): Promise<LoadedTranscript> {
    const transcript = await loadTranscript(services, uri);
    known.set(uri.toString(), transcript);
    return transcript;
  }

  async function reloadAll(): Promise<void> {
    for (const { uri } of openDocuments()) {
      const before = known.get(uri.toString());
      const after = await load(uri);
      // A change of the text comes back through provideTextDocumentContent, and only then fits the document.
      if (before?.text !== after.text) changed.fire(uri);
      else loaded.fire(uri);
    }
  }

  /** One reload at a time; whoever asks during one shares the next. */
  function reload(): Promise<void> {
    queued ??= reloading.then(async () => {
      queued = undefined;
      await reloadAll().catch((thrown: unknown) => {
        services.log.warn(`reading transcripts failed: ${messageOf(thrown)}`);
      });
    });
    reloading = queued;
    return queued;
  }

  services.context.subscriptions.push(
    changed,
    loaded,
    closed,
    { dispose: () => hold?.dispose() },
    vscode.workspace.registerTextDocumentContentProvider(TRANSCRIPT_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri) => {
        // After a reload of the window nobody has looked at the disk yet.
        if (services.runs.runs.length === 0) await services.runs.refresh();
        const { text } = await load(uri);
        return text;
      },
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (!isOurs(document)) return;
      holdWhileOpen();
      loaded.fire(document.uri);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (isOurs(document)) loaded.fire(document.uri);
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      if (!isOurs(document)) return;
      known.delete(document.uri.toString());
      closed.fire(document.uri);
      holdWhileOpen();
    }),
    services.runs.onDidChange(() => void reload()),
  );
  holdWhileOpen();
  return {
    get: (uri) => known.get(uri.toString()),
    onDidLoad: loaded.event,
    onDidClose: closed.event,
    reload: async () => {
      await services.runs.refresh();
      await reload();
    },
  };
}
