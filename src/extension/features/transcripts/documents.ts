import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { transcriptAddress } from '../../transcriptAddress.ts';
import { type LoadedTranscript, loadTranscript } from './library.ts';

/** Texts that are kept besides those of open documents. */
const SERVED_AT_MOST = 20;

/** A transcript as a file: as it was last read, and since when it is so. */
interface Served {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly mtime: number;
}

/**
 * Serves transcript documents, and keeps the open ones up to date with the run directories. They are read-only files of a
 * file system: only editors of files are there again after a reload of the window.
 */
export class TranscriptDocuments implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #loaded = new vscode.EventEmitter<vscode.Uri>();
  readonly #closed = new vscode.EventEmitter<vscode.Uri>();
  /** The open documents as they were last read. */
  readonly #known = new Map<string, LoadedTranscript>();
  readonly #served = new Map<string, Served>();
  readonly #subscriptions: vscode.Disposable[];
  #hold: vscode.Disposable | undefined;
  #reloading = Promise.resolve();
  #queued: Promise<void> | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#subscriptions = [
      vscode.workspace.registerFileSystemProvider(TRANSCRIPT_SCHEME, this, {
        isCaseSensitive: true,
        isReadonly: true,
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.#opened(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isTranscript(document)) this.#loaded.fire(document.uri);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closedDocument(document)),
      services.runs.onDidChange(() => void this.#reloadOpen()),
    ];
    this.#holdWhileOpen();
  }

  get onDidChangeFile(): vscode.Event<vscode.FileChangeEvent[]> {
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

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, mtime } = this.#served.get(uri.toString()) ?? (await this.#serve(uri));
    return { type: vscode.FileType.File, ctime: 0, mtime, size: bytes.length };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#serve(uri)).bytes;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
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
    this.#served.delete(document.uri.toString());
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

  async #serve(uri: vscode.Uri): Promise<Served> {
    if (transcriptAddress(uri) === null) throw vscode.FileSystemError.FileNotFound(uri);
    // After a reload of the window nobody has looked at the disk yet.
    if (this.#services.runs.runs.length === 0) await this.#services.runs.refresh();
    return this.#serveText(uri, (await this.#load(uri)).text);
  }

  /** VS Code reads a file again when its time has changed. */
  #serveText(uri: vscode.Uri, text: string): Served {
    const known = this.#served.get(uri.toString());
    if (known?.text === text) return known;
    // With a NUL at its beginning a file would be taken for a binary one.
    const bytes = Buffer.from(text.replaceAll('\0', '␀'));
    const served = { text, bytes, mtime: Math.max(Date.now(), (known?.mtime ?? 0) + 1) };
    this.#served.set(uri.toString(), served);
    this.#forgetUnopened();
    return served;
  }

  /** VS Code also asks for files that it does not open, and never says that it is done with them. */
  #forgetUnopened(): void {
    if (this.#served.size <= SERVED_AT_MOST) return;
    const open = new Set(openTranscripts().map(({ uri }) => uri.toString()));
    // The last ones may be about to be opened.
    for (const key of [...this.#served.keys()].slice(0, -SERVED_AT_MOST / 2)) {
      if (open.has(key)) continue;
      this.#served.delete(key);
      this.#known.delete(key);
    }
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
    // A change of the text comes back through readFile, and only then fits the document.
    if (before?.text === after.text) this.#loaded.fire(uri);
    else {
      this.#serveText(uri, after.text);
      this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    }
  }
}

function isTranscript({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === TRANSCRIPT_SCHEME;
}

function openTranscripts(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(isTranscript);
}
