import * as vscode from 'vscode';
import { messageOf, UserError } from '../../../core/errors.ts';
import type { CompareHost, CompareState, CompareView } from '../../../core/protocol/compare.ts';
import { type Connection, createRemote, serve } from '../../../core/rpc.ts';
import { COMPARE_PANEL } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { setPage, webviewPort, webviewRoot } from '../../webviewPage.ts';
import { readComparison } from './comparison.ts';
import { openPair } from './pair.ts';

/** What a panel shows; small enough for VS Code to keep it across a reload. */
export interface ComparedNames {
  /** URI of the workspace folder. */
  readonly folder: string;
  readonly runs: readonly string[];
  readonly baseline: string;
}

/** Shows a comparison in a new panel, or in one that VS Code restores. */
export async function showComparison(
  services: Services,
  names: ComparedNames,
  restored?: vscode.WebviewPanel,
): Promise<void> {
  const panel =
    restored ??
    vscode.window.createWebviewPanel(COMPARE_PANEL, 'Compare', vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [webviewRoot(services.context.extensionUri)],
    });
  panel.iconPath = vscode.Uri.joinPath(services.context.extensionUri, 'media', 'icons', 'reflection.svg');
  const comparison = new ComparisonPanel(services, panel, names);
  setPage(panel.webview, services.context.extensionUri, 'compare');
  panel.onDidDispose(() => comparison.dispose());
}

/** The host's side of one panel: it owns the state, and computes it again when a run or the baseline changes. */
class ComparisonPanel implements vscode.Disposable {
  readonly #services: Services;
  readonly #names: ComparedNames;
  readonly #connection: Connection<CompareView>;
  readonly #parts: vscode.Disposable[];
  #shown: CompareState = { status: 'loading', what: 'Reading the runs' };
  #baseline: string;
  #revision = '';
  #computing: Promise<void> | undefined;

  constructor(services: Services, panel: vscode.WebviewPanel, names: ComparedNames) {
    this.#services = services;
    this.#names = names;
    this.#baseline = names.baseline;
    const port = webviewPort(panel.webview);
    this.#connection = createRemote<CompareView>(port);
    this.#parts = [
      services.runs.hold(),
      services.runs.onDidChange(() => this.#update()),
      { dispose: serve(port, this.#host()) },
      { dispose: () => this.#connection.dispose() },
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#parts).dispose();
  }

  #host(): CompareHost {
    const names = this.#names;
    return {
      ready: async () => {
        await this.#services.runs.refresh();
        this.#update();
        return { state: this.#shown, saved: { ...names, runs: [...names.runs], baseline: this.#baseline } };
      },
      setBaseline: (run) => {
        if (!names.runs.includes(run)) throw unknownRun();
        this.#baseline = run;
        this.#update();
      },
      openPair: (other, problemId, index) =>
        openPair(this.#services, { names, baseline: this.#baseline, other, problemId, index }),
      copyCommand: async () => {
        const others = names.runs.filter((run) => run !== this.#baseline);
        await vscode.env.clipboard.writeText(`reflection compare ${[this.#baseline, ...others].join(' ')}`);
      },
    };
  }

  #update(): void {
    this.#computing ??= this.#compute().finally(() => {
      this.#computing = undefined;
    });
  }

  /** One comparison at a time: what changes during one, as in a run that is still written, is in the next. */
  async #compute(): Promise<void> {
    for (;;) {
      const baseline = this.#baseline;
      const revision = `${baseline} ${revisionOf(this.#services, this.#names)}`;
      if (revision === this.#revision) return;
      this.#revision = revision;
      if (this.#shown.status !== 'ready') {
        this.#show({ status: 'loading', what: 'Comparing: ten thousand bootstrap draws a metric' });
      }
      this.#show(await readComparison(this.#services, this.#names, baseline).catch(failed));
    }
  }

  #show(state: CompareState): void {
    this.#shown = state;
    this.#connection.remote.update(state).catch((thrown: unknown) => {
      this.#services.log.trace(`the Compare panel is gone: ${messageOf(thrown)}`);
    });
  }
}

function revisionOf(services: Services, names: ComparedNames): string {
  return names.runs
    .map((id) => services.runs.find(vscode.Uri.parse(names.folder), id)?.revision ?? 'gone')
    .join('\n');
}

function failed(thrown: unknown): CompareState {
  const remedy = thrown instanceof UserError ? thrown.remedy : 'Close the panel and compare again.';
  return { status: 'failed', message: messageOf(thrown), remedy };
}

function unknownRun(): UserError {
  return new UserError('run-unknown', 'This run is not part of the comparison.', {
    remedy: 'Open it again.',
  });
}
