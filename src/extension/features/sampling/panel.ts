import * as vscode from 'vscode';
import { messageOf, UserError } from '../../../core/errors.ts';
import { guarded } from '../../../core/protocol/guard.ts';
import {
  type SamplingHead,
  type SamplingHost,
  type SamplingState,
  type SamplingView,
  type SavedRun,
  samplingHostSchemas,
} from '../../../core/protocol/sampling.ts';
import { type Connection, createRemote, serve } from '../../../core/rpc.ts';
import { writtenDataset } from '../../../node/pipeline/datasetFile.ts';
import { SAMPLING_PANEL } from '../../contributions.ts';
import { isOver } from '../../followRun.ts';
import { openCritiqueBeside, openSolution } from '../../openSample.ts';
import { PacedLooks } from '../../pacedLooks.ts';
import { type OpenPanel, openPanel, panelFailure } from '../../panel.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { keepDataset } from './keep.ts';

/** Shows a sampling run in a new panel, or in one that VS Code restores. */
export function showSampling(services: Services, name: SavedRun, restored?: vscode.WebviewPanel): void {
  const opened = openPanel(
    services,
    { type: SAMPLING_PANEL, title: vscode.l10n.t('Rejection Sampling'), page: 'sampling' },
    restored,
  );
  const shown = new SamplingPanel(services, opened, name);
  opened.panel.onDidDispose(() => shown.dispose());
  opened.load();
}

/** The host's side of one panel: it owns the state, and looks again when the run has changed. */
class SamplingPanel implements vscode.Disposable {
  readonly #services: Services;
  readonly #name: SavedRun;
  readonly #isVisible: () => boolean;
  readonly #connection: Connection<SamplingView>;
  readonly #parts: vscode.Disposable[];
  #shown: SamplingState = { status: 'loading', what: vscode.l10n.t('Reading the run') };
  #revision = '';
  readonly #looks = new PacedLooks(() => this.#look());

  constructor(services: Services, { port, isVisible }: OpenPanel, name: SavedRun) {
    this.#services = services;
    this.#isVisible = isVisible;
    this.#name = name;
    this.#connection = createRemote<SamplingView>(port);
    this.#parts = [
      services.runs.hold(),
      services.runs.onDidChange(() => this.#looks.news()),
      this.#looks,
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#lookAgain()),
      { dispose: serve(port, guarded(this.#host(), samplingHostSchemas)) },
      { dispose: () => this.#connection.dispose() },
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#parts).dispose();
  }

  #host(): SamplingHost {
    const services = this.#services;
    const target = () => ({ run: { folder: this.#name.folder, id: this.#run().id } });
    return {
      ready: async () => {
        await services.runs.refresh();
        this.#looks.news();
        return { state: this.#shown, saved: this.#name };
      },
      droppedRows: ({ filter, from }) => {
        const { dir, revision } = this.#run();
        return services.comparer().droppedRows({ dir, revision }, filter, from);
      },
      openCandidate: (id) => this.#open(id),
      stopAndKeep: async () => {
        const run = this.#run();
        if (!isOver(run.state.status)) await vscode.commands.executeCommand('reflection.stopRun', target());
        await keepDataset(services, this.#run());
        this.#lookAgain();
      },
      resume: async () => {
        await vscode.commands.executeCommand('reflection.resumeRun', target());
      },
      openDataset: async () => {
        await vscode.window.showTextDocument(vscode.Uri.file(await this.#dataset()), { preview: true });
      },
      train: async () => {
        await vscode.commands.executeCommand('reflection.train', { data: await this.#dataset() });
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

  async #open(id: string): Promise<void> {
    const run = this.#run();
    const { critiques, solutions } = await this.#services.runs.samples.part(run, { sampleId: id });
    if (critiques.some((critique) => critique.id === id)) {
      await openCritiqueBeside(this.#services, run, id);
    } else if (solutions.some((solution) => solution.id === id)) {
      await openSolution(run, id);
    } else {
      throw new UserError('no-sample', vscode.l10n.t('The run has no sample {0}.', id), {
        remedy: vscode.l10n.t('Refresh the Runs view.'),
      });
    }
  }

  async #dataset(): Promise<string> {
    const { dir, manifest } = this.#run();
    const file = await writtenDataset(dir, manifest.options);
    if (file !== null) return file;
    throw new UserError('no-dataset', vscode.l10n.t('This run has not written its dataset yet.'), {
      remedy: vscode.l10n.t('Wait for it to end, or stop it and keep what is finished.'),
    });
  }

  #lookAgain(): void {
    this.#revision = '';
    this.#looks.hurry();
  }

  /** One look at a time: what is written during one is in the next. */
  async #look(): Promise<boolean> {
    const found = this.#services.runs.find(vscode.Uri.parse(this.#name.folder), this.#name.run);
    const revision = found === undefined ? 'gone' : `${found.revision} ${found.state.status}`;
    if (revision === this.#revision) return false;
    this.#revision = revision;
    this.#show(await this.#read().catch(panelFailure));
    return true;
  }

  async #read(): Promise<SamplingState> {
    const run = this.#run();
    const { dir, revision } = run;
    const picture = await this.#services.comparer().samplingPicture({ dir, revision });
    const file = await writtenDataset(dir, run.manifest.options);
    return { status: 'ready', head: headOf(run, file !== null), picture };
  }

  #show(state: SamplingState): void {
    this.#shown = state;
    // A hidden page is gone: it asks for everything when it is there again.
    if (!this.#isVisible()) return;
    this.#connection.remote.update(state).catch((thrown: unknown) => {
      this.#services.log.trace(`the Rejection Sampling panel is gone: ${messageOf(thrown)}`);
    });
  }
}

function headOf({ manifest, state, id }: RunEntry, hasDataset: boolean): SamplingHead {
  const { stage, done, total, startedAt, endedAt, etaSeconds, error } = state;
  const isEnded = isOver(state.status);
  return {
    title: manifest.title || id,
    model: manifest.model?.name ?? '',
    problemSet: manifest.problemSet?.name ?? '',
    state: state.status,
    ...{ stage, done, total, startedAt, endedAt, etaSeconds, error },
    canStop: !isEnded && state.status !== 'empty',
    canResume: isEnded && state.status !== 'done',
    hasDataset,
    trusted: vscode.workspace.isTrusted,
  };
}
