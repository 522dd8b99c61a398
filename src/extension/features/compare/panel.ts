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
import { baselineDir, commandOf, entriesOf, entryOf, readComparison, runAt } from './comparison.ts';
import { openCritique, openPair } from './pair.ts';

/** Shows a comparison in a new panel, or in one that VS Code restores. */
export function showComparison(
  services: Services,
  names: SavedComparison,
  restored?: vscode.WebviewPanel,
): void {
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
  readonly #panel: vscode.WebviewPanel;
  readonly #connection: Connection<CompareView>;
  readonly #parts: vscode.Disposable[];
  #names: SavedComparison;
  #shown: CompareState = { status: 'loading', what: vscode.l10n.t('Reading the runs') };
  #revision = '';
  readonly #looks = new PacedLooks(() => this.#compute());

  constructor(services: Services, { port, panel }: OpenPanel, names: SavedComparison) {
    this.#services = services;
    this.#panel = panel;
    this.#names = names;
    this.#connection = createRemote<CompareView>(port);
    this.#parts = [
      services.runs.hold(),
      services.runs.onDidChange(() => this.#looks.news()),
      this.#looks,
      { dispose: serve(port, guarded(this.#host(), compareHostSchemas)) },
      { dispose: () => this.#connection.dispose() },
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#parts).dispose();
  }

  #host(): CompareHost {
    const services = this.#services;
    return {
      ready: async () => {
        await services.runs.refresh();
        this.#looks.news();
        return { state: this.#shown, saved: this.#names };
      },
      setBaseline: (run) => {
        this.#names = { ...this.#names, baseline: entryOf(services, this.#names, run).id };
        this.#looks.hurry();
      },
      openPair: (request) => openPair(services, this.#names, request),
      transitionRows: ({ run, transition, from }) =>
        services.comparer().transitionRows(runAt(entryOf(services, this.#names, run)), transition, from),
      openCritique: ({ run, critiqueId }) => openCritique(services, this.#names, run, critiqueId),
      exportReport: async (format) => {
        const runs = entriesOf(services, this.#names);
        const content = await services
          .comparer()
          .report(runs.map(runAt), baselineDir(runs, this.#names.baseline), commandOf(this.#names), format);
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
    const revision = `${names.baseline} ${revisionOf(this.#services, names)}`;
    if (revision === this.#revision) return false;
    this.#revision = revision;
    try {
      if (this.#shown.status !== 'ready' || this.#shown.baseline !== names.baseline) {
        this.#show(await readComparison(this.#services, names, 'headline'));
      }
      this.#show(await readComparison(this.#services, names, 'all'));
    } catch (thrown) {
      this.#show(panelFailure(thrown));
    }
    return true;
  }

  #show(state: CompareState): void {
    this.#shown = state;
    // A hidden page is gone: it asks for everything when it is there again.
    if (!this.#panel.visible) return;
    this.#connection.remote.update(state).catch((thrown: unknown) => {
      this.#services.log.trace(`the Compare panel is gone: ${messageOf(thrown)}`);
    });
  }
}

function revisionOf(services: Services, names: SavedComparison): string {
  return names.runs
    .map((id) => services.runs.find(vscode.Uri.parse(names.folder), id)?.revision ?? 'gone')
    .join('\n');
}
