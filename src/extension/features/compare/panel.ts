import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import {
  type CompareHost,
  type CompareState,
  type CompareView,
  compareHostSchemas,
  type SavedComparison,
} from '../../../core/protocol/compare.ts';
import { guarded } from '../../../core/protocol/guard.ts';
import { type Connection, createRemote, serve } from '../../../core/rpc.ts';
import { COMPARE_PANEL } from '../../contributions.ts';
import { PacedLooks } from '../../pacedLooks.ts';
import { type OpenPanel, openPanel, panelFailure } from '../../panel.ts';
import type { Services } from '../../services.ts';
import { armOf, commandOf, isFileId, runOfArm } from './arms.ts';
import { locate, readComparison } from './comparison.ts';
import { openCritique, openPair } from './pair.ts';
import { provideResultTexts } from './resultText.ts';

/** Shows a comparison in a new panel, or in one that VS Code restores. */
export function showComparison(
  services: Services,
  names: SavedComparison,
  restored?: vscode.WebviewPanel,
): void {
  provideResultTexts(services);
  const opened = openPanel(
    services,
    { type: COMPARE_PANEL, title: vscode.l10n.t('Compare'), page: 'compare' },
    restored,
  );
  const comparison = new ComparisonPanel(services, opened, names);
  opened.panel.onDidDispose(() => comparison.dispose());
  opened.load();
}

const LANGUAGES = { md: 'markdown', latex: 'latex', csv: 'csv' } as const;

/** The host's side of one panel: it owns the state, and computes it again when a run or the baseline changes. */
class ComparisonPanel implements vscode.Disposable {
  readonly #services: Services;
  readonly #isVisible: () => boolean;
  readonly #connection: Connection<CompareView>;
  readonly #parts: vscode.Disposable[];
  #names: SavedComparison;
  #shown: CompareState = { status: 'loading', what: vscode.l10n.t('Reading the runs') };
  #revision = '';
  /** Before the page has asked, nobody listens. */
  #isAsked = false;
  readonly #looks = new PacedLooks(() => this.#compute());

  constructor(services: Services, { port, isVisible }: OpenPanel, names: SavedComparison) {
    this.#services = services;
    this.#isVisible = isVisible;
    this.#names = names;
    this.#connection = createRemote<CompareView>(port);
    this.#parts = [
      services.runs.hold(),
      services.runs.onDidChange(() => this.#looks.news()),
      this.#looks,
      { dispose: serve(port, guarded(this.#host(), compareHostSchemas)) },
      { dispose: () => this.#connection.dispose() },
      ...names.runs.filter(isFileId).map((id) => this.#watch(vscode.Uri.parse(id))),
    ];
    // The page takes a while to load: the runs are read meanwhile. After a reload they are to be looked for first.
    const folder = vscode.Uri.parse(names.folder);
    const isKnown = (id: string) => isFileId(id) || services.runs.find(folder, id) !== undefined;
    if (names.runs.every(isKnown)) this.#looks.news();
    else this.#lookAgain();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#parts).dispose();
  }

  #watch(file: vscode.Uri): vscode.Disposable {
    const [folder, name] = [vscode.Uri.joinPath(file, '..'), path.basename(file.fsPath)];
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, name));
    const news = () => this.#looks.news();
    return vscode.Disposable.from(
      watcher,
      watcher.onDidChange(news),
      watcher.onDidCreate(news),
      watcher.onDidDelete(news),
    );
  }

  #lookAgain(): void {
    this.#services.runs
      .refresh()
      .catch((thrown: unknown) => this.#services.log.warn(`looking for runs failed: ${messageOf(thrown)}`))
      .finally(() => this.#looks.news());
  }

  #host(): CompareHost {
    const services = this.#services;
    return {
      ready: async () => {
        if (this.#isAsked) this.#lookAgain();
        this.#isAsked = true;
        return { state: this.#shown, saved: this.#names };
      },
      setBaseline: (run) => {
        this.#names = { ...this.#names, baseline: armOf(services, this.#names, run).id };
        this.#looks.hurry();
      },
      openPair: (request) => openPair(services, this.#names, request),
      readProblem: async (problemId) => {
        const { places } = await locate(services, this.#names);
        return services.comparer().problemText(places, problemId);
      },
      transitionRows: async ({ run, transition, from }) => {
        const { dir, revision } = runOfArm(services, this.#names, run);
        return services.comparer().transitionRows({ dir, revision }, transition, from);
      },
      openCritique: ({ run, critiqueId }) => openCritique(services, this.#names, run, critiqueId),
      exportReport: async (format) => {
        const { places, baseline } = await locate(services, this.#names);
        const content = await services.comparer().report(places, baseline, commandOf(this.#names), format);
        // An untitled document: nothing is written before the person says where.
        const document = await vscode.workspace.openTextDocument({ language: LANGUAGES[format], content });
        await vscode.window.showTextDocument(document, { preview: false });
      },
      copyCommand: async () => {
        await vscode.env.clipboard.writeText(commandOf(this.#names));
      },
    };
  }

  /**
   * One comparison at a time: what changes during one, as in a run that is still written, is in the next. The verdict
   * comes first; the metrics that take seconds follow.
   */
  async #compute(): Promise<boolean> {
    const names = this.#names;
    const located = await locate(this.#services, names).catch(panelFailure);
    const revision = 'status' in located ? `${names.baseline} ${located.message}` : located.revision;
    if (revision === this.#revision) return false;
    this.#revision = revision;
    if ('status' in located) {
      this.#show(located);
      return true;
    }
    try {
      if (this.#shown.status !== 'ready' || this.#shown.baseline !== names.baseline) {
        this.#show(await readComparison(this.#services, located, 'headline'));
      }
      this.#show(await readComparison(this.#services, located, 'all'));
    } catch (thrown) {
      this.#show(panelFailure(thrown));
    }
    return true;
  }

  #show(state: CompareState): void {
    this.#shown = state;
    // A hidden page is gone: it asks for everything when it is there again.
    if (!this.#isAsked || !this.#isVisible()) return;
    this.#connection.remote.update(state).catch((thrown: unknown) => {
      this.#services.log.trace(`the Compare panel is gone: ${messageOf(thrown)}`);
    });
  }
}
