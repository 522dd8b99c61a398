import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf, UserError } from '../../../core/errors.ts';
import {
  type DashboardContent,
  type DashboardHost,
  type DashboardState,
  type DashboardView,
  dashboardUpdate,
} from '../../../core/protocol/dashboard.ts';
import { dashboardHostSchemas } from '../../../core/protocol/dashboardSchemas.ts';
import { guarded } from '../../../core/protocol/guard.ts';
import type { SavedRun } from '../../../core/protocol/sampling.ts';
import { type Connection, createRemote, serve } from '../../../core/rpc.ts';
import type { WatchedRun } from '../../../node/comparison/watchedRun.ts';
import { TRAINER_LOG } from '../../../node/training/launch.ts';
import { DASHBOARD_PANEL } from '../../contributions.ts';
import { type OpenPanel, openPanel, panelFailure } from '../../panel.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { checkpointAt, compareWithBase } from './checkpointActions.ts';
import { dashboardHead } from './dashboardHead.ts';
import { openRolloutText } from './rolloutText.ts';

/** Shows a training run in a new panel, or in one that VS Code restores. */
export function showDashboard(services: Services, name: SavedRun, restored?: vscode.WebviewPanel): void {
  const opened = openPanel(
    services,
    { type: DASHBOARD_PANEL, title: vscode.l10n.t('Training'), page: 'dashboard' },
    restored,
  );
  const dashboard = new Dashboard(services, opened, name);
  opened.panel.onDidDispose(() => dashboard.dispose());
  opened.load();
}

/** Changes that come closer together than this are sent together. */
const BATCH_MS = 250;

/** The host's side of one dashboard: it owns the state, and sends what changed. */
class Dashboard implements vscode.Disposable {
  readonly #services: Services;
  readonly #isVisible: () => boolean;
  readonly #name: SavedRun;
  readonly #connection: Connection<DashboardView>;
  readonly #parts: vscode.Disposable[];
  #shown: DashboardState = { status: 'loading', what: vscode.l10n.t('Reading the run') };
  #watched: WatchedRun | null = null;
  #dir: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(services: Services, { port, panel, isVisible }: OpenPanel, name: SavedRun) {
    this.#services = services;
    this.#isVisible = isVisible;
    this.#name = name;
    this.#connection = createRemote<DashboardView>(port);
    this.#parts = [
      services.runs.hold(),
      services.runs.onDidChange(() => this.#schedule()),
      panel.onDidChangeViewState(() => this.#schedule()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#schedule()),
      { dispose: serve(port, guarded(this.#host(), dashboardHostSchemas)) },
      { dispose: () => this.#connection.dispose() },
      { dispose: () => clearTimeout(this.#timer) },
      { dispose: () => this.#unwatch() },
    ];
  }

  dispose(): void {
    this.#isDisposed = true;
    vscode.Disposable.from(...this.#parts).dispose();
  }

  #host(): DashboardHost {
    const services = this.#services;
    const target = () => ({ run: { folder: this.#name.folder, id: this.#run().id } });
    return {
      ready: async () => {
        await services.runs.refresh();
        await this.#look(false);
        return { state: this.#shown, saved: this.#name };
      },
      stop: async () => {
        await vscode.commands.executeCommand('reflection.stopRun', target());
      },
      resume: async () => {
        await vscode.commands.executeCommand('reflection.resumeRun', target());
      },
      openLog: async () => {
        const log = vscode.Uri.file(path.join(this.#run().dir, TRAINER_LOG));
        await vscode.window.showTextDocument(log, { preview: true });
      },
      openRollout: async (id) => {
        const row = this.#watched?.rollouts.find((one) => one.id === id);
        const place = { folder: this.#name.folder, run: this.#run().id, id };
        await openRolloutText(services, place, row?.step ?? null);
      },
      evaluateCheckpoint: async (at) => {
        const checkpoint = checkpointAt(this.#run(), at);
        await vscode.commands.executeCommand('reflection.evaluateCheckpoint', { ...target(), checkpoint });
      },
      compareCheckpoint: (at) => compareWithBase(services, this.#run(), checkpointAt(this.#run(), at)),
      revealCheckpoint: async (at) => {
        const checkpoint = checkpointAt(this.#run(), at);
        await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(checkpoint));
      },
    };
  }

  #run(): RunEntry {
    const run = this.#services.runs.find(vscode.Uri.parse(this.#name.folder), this.#name.run);
    if (run !== undefined) return run;
    throw new UserError('run-gone', vscode.l10n.t('The run {0} is not there any more.', this.#name.run), {
      remedy: vscode.l10n.t('Put its directory back, or close this panel.'),
    });
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#look(true);
    }, BATCH_MS);
  }

  /** One look after another: the thread reads, and what has changed is sent. */
  #look(hasView: boolean): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      // The thread would watch the run again, and nobody would tell it to stop.
      if (this.#isDisposed) return;
      const next = await this.#read().catch(panelFailure);
      const before = this.#shown;
      this.#shown = next;
      if (hasView) this.#send(before, next);
    });
    return this.#looking;
  }

  async #read(): Promise<DashboardState> {
    const run = this.#run();
    this.#dir = run.dir;
    const watcher = this.#services.watcher();
    this.#watched = (await watcher.watch(run.dir, this.#watched?.version ?? -1)) ?? this.#watched;
    const watched = this.#watched ?? { version: -1, groups: [], curves: [], rollouts: [] };
    const content: DashboardContent = {
      head: await dashboardHead(this.#services, run, watched.groups),
      curves: watched.curves,
      rollouts: watched.rollouts,
    };
    return { status: 'ready', content };
  }

  /** Not waited for: a page that is loading or hidden answers nothing, and asks for everything when it is there again. */
  #send(before: DashboardState, next: DashboardState): void {
    if (!this.#isVisible()) return;
    const { remote } = this.#connection;
    const isGone = (thrown: unknown) =>
      this.#services.log.trace(`the Training dashboard is gone: ${messageOf(thrown)}`);
    if (before.status !== 'ready' || next.status !== 'ready') remote.show(next).catch(isGone);
    else {
      const update = dashboardUpdate(before.content, next.content);
      if (update !== null) remote.update(update).catch(isGone);
    }
  }

  #unwatch(): void {
    if (this.#dir === null) return;
    this.#services
      .watcher()
      .unwatch(this.#dir)
      .catch((thrown: unknown) => this.#services.log.trace(messageOf(thrown)));
  }
}
