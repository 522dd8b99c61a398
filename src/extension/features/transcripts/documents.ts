import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { type LoadedTranscript, loadTranscript } from './library.ts';

/** Serves transcript documents, and keeps the open ones up to date with the run directories. */
export class TranscriptDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #loaded = new vscode.EventEmitter<vscode.Uri>();
  readonly #closed = new vscode.EventEmitter<vscode.Uri>();
  /** The open documents as they were last read. */
  readonly #known = new Map<string, LoadedTranscript>();
  readonly #subscriptions: vscode.Disposable[];
  #hold: vscode.Disposable | undefined;
  #reloading = Promise.resolve();
  #queued: Promise<void> | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(TRANSCRIPT_SCHEME, this),
      vscode.workspace.onDidOpenTextDocument((document) => this.#opened(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isTranscript(document)) this.#loaded.fire(document.uri);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closedDocument(document)),
      services.runs.onDidChange(() => void this.#reloadOpen()),
    ];
    this.#holdWhileOpen();
  }

  get onDidChange(): vscode.Event<vscode.Uri> {
    return this.#changed.event;
  }

  /** A document was read, or read again because its runs have changed. */
  get onDidLoad(): vscode.Event<vscode.Uri> {
    return this.#loaded.event;
  }

  get onDidClose(): vscode.Event<vscode.Uri> {
    return this.#closed.event;
  }

  get(uri: vscode.Uri): LoadedTranscript | undefined {
    return this.#known.get(uri.toString());
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    // After a reload of the window nobody has looked at the disk yet.
    if (this.#services.runs.runs.length === 0) await this.#services.runs.refresh();
    const { text } = await this.#load(uri);
    return text;
  }

  /** Reads all open documents again now, as after a review. */
  async reload(): Promise<void> {
    await this.#services.runs.refresh();
    await this.#reloadOpen();
  }

  dispose(): void {
    this.#hold?.dispose();
    vscode.Disposable.from(...this.#subscriptions, this.#changed, this.#loaded, this.#closed).dispose();
  }

  #opened(document: vscode.TextDocument): void {
    if (!isTranscript(document)) return;
    this.#holdWhileOpen();
    this.#loaded.fire(document.uri);
  }

  #closedDocument(document: vscode.TextDocument): void {
    if (!isTranscript(document)) return;
    this.#known.delete(document.uri.toString());
    this.#closed.fire(document.uri);
    this.#holdWhileOpen();
  }

  /** Runs are looked for while a transcript is open: a critique may be written, or the directory deleted. */
  #holdWhileOpen(): void {
    if (openTranscripts().length > 0) this.#hold ??= this.#services.runs.hold();
    else {
      this.#hold?.dispose();
      this.#hold = undefined;
    }
  }

  async #load(uri: vscode.Uri): Promise<LoadedTranscript> {
    const transcript = await loadTranscript(this.#services, uri);
    this.#known.set(uri.toString(), transcript);
    return transcript;
  }

  /** One reload at a time; whoever asks during one shares the next. */
  #reloadOpen(): Promise<void> {
    this.#queued ??= this.#reloading.then(async () => {
      this.#queued = undefined;
      for (const { uri } of openTranscripts()) {
        await this.#reloadOne(uri).catch((thrown: unknown) => {
          this.#services.log.warn(`reading ${uri.path} failed: ${messageOf(thrown)}`);
        });
      }
    });
    this.#reloading = this.#queued;
    return this.#queued;
  }

  async #reloadOne(uri: vscode.Uri): Promise<void> {
    const before = this.get(uri);
    const after = await this.#load(uri);
    // A change of the text comes back through provideTextDocumentContent, and only then fits the document.
    if (before?.text !== after.text) this.#changed.fire(uri);
    else this.#loaded.fire(uri);
  }
}

function isTranscript({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === TRANSCRIPT_SCHEME;
}

function openTranscripts(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(isTranscript);
}
