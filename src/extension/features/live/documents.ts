import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { progressOf } from '../../../core/runs/index.ts';
import { renderLiveText } from '../../../core/transcript/index.ts';
import { LIVE_SCHEME } from '../../contributions.ts';
import { isOver } from '../../followRun.ts';
import type { Services } from '../../services.ts';
import type { RunName } from '../../target.ts';

/** Between two looks at what is being written. */
const LOOK_MS = 400;

/** The address of a run's live document. */
export function liveUri({ folder, id }: RunName): vscode.Uri {
  return vscode.Uri.from({ scheme: LIVE_SCHEME, path: `/${id} (live).transcript`, query: folder });
}

function runOf(services: Services, uri: vscode.Uri) {
  const id = /^\/(?<id>.+) \(live\)\.transcript$/.exec(uri.path)?.groups?.id;
  return id === undefined ? undefined : services.runs.find(vscode.Uri.parse(uri.query), id);
}

/** Serves live documents, and keeps those that are in sight up to date; nothing is read for the others. */
export class LiveDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #texts = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable[];
  #hold: vscode.Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** One look at a time, however slow the disk is. */
  #looking: Promise<void> | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(LIVE_SCHEME, this),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#followVisible()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => keepAtEnd(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    ];
    this.#followVisible();
  }

  get onDidChange(): vscode.Event<vscode.Uri> {
    return this.#changed.event;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    if (this.#services.runs.runs.length === 0) await this.#services.runs.refresh();
    const text = await this.#read(uri);
    this.#texts.set(uri.toString(), text);
    return text;
  }

  dispose(): void {
    this.#rest();
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }

  async #read(uri: vscode.Uri): Promise<string> {
    const run = runOf(this.#services, uri);
    if (run === undefined) return `${vscode.l10n.t('This run is not there any more.')}\n`;
    const { manifest, state } = run;
    const over = isOver(state.status);
    const watched = { title: manifest.title || run.id, progress: progressOf(state), isOver: over };
    const { readLiveText } = await import('../../runReading.ts');
    return renderLiveText(watched, over ? null : await readLiveText(run.dir));
  }

  #followVisible(): void {
    if (visibleLive().length === 0) this.#rest();
    else if (this.#timer === undefined) {
      this.#hold = this.#services.runs.hold();
      this.#timer = setInterval(() => {
        this.#looking ??= this.#look().finally(() => {
          this.#looking = undefined;
        });
      }, LOOK_MS);
    }
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#hold?.dispose();
    this.#hold = undefined;
  }

  async #look(): Promise<void> {
    for (const { uri } of visibleLive()) {
      try {
        const text = await this.#read(uri);
        if (text !== this.#texts.get(uri.toString())) this.#changed.fire(uri);
      } catch (thrown) {
        this.#services.log.warn(`the text of ${uri.path} could not be read: ${messageOf(thrown)}`);
      }
    }
  }
}

function visibleLive(): vscode.TextDocument[] {
  return vscode.window.visibleTextEditors
    .map(({ document }) => document)
    .filter(({ uri }) => uri.scheme === LIVE_SCHEME);
}

/** How far above the end one may have scrolled and still be reading the end. */
const NEAR_LINES = 8;

/** Whoever reads the end goes on reading it; whoever has scrolled up stays there. */
function keepAtEnd(document: vscode.TextDocument): void {
  if (document.uri.scheme !== LIVE_SCHEME) return;
  const last = document.lineCount - 1;
  for (const editor of vscode.window.visibleTextEditors) {
    const seen = editor.visibleRanges.at(-1)?.end.line ?? 0;
    if (editor.document === document && last - seen <= NEAR_LINES)
      editor.revealRange(new vscode.Range(last, 0, last, 0));
  }
}
