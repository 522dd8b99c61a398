import type { TransitionRows } from '../../src/core/comparison/index.ts';
import type { ComparedRun, CompareHost, CompareState } from '../../src/core/protocol/compare.ts';
import { Frame } from '../shared/frame.tsx';
import * as l10n from '../shared/l10n.ts';
import { Configuration } from './configuration.tsx';
import { Levels } from './levels.tsx';
import { MetricTable } from './metricTable.tsx';
import { PassCurves } from './passCurves.tsx';
import { ProblemGrid } from './problemGrid.tsx';
import { Transitions } from './transitions.tsx';
import { Verdicts } from './verdicts.tsx';
import { Warnings } from './warnings.tsx';

type Ready = Extract<CompareState, { status: 'ready' }>;

export interface Actions {
  chooseBaseline(run: string): void;
  openPair(...parameters: Parameters<CompareHost['openPair']>): void;
  readProblem: CompareHost['readProblem'];
  transitionRows(...parameters: Parameters<CompareHost['transitionRows']>): Promise<TransitionRows>;
  openCritique(...parameters: Parameters<CompareHost['openCritique']>): void;
  exportReport(...parameters: Parameters<CompareHost['exportReport']>): void;
  copyCommand(): void;
}

export function App({
  state,
  failure,
  ...actions
}: Actions & { state: CompareState; failure: string | null }) {
  return (
    <Frame state={state} failure={failure} isBusy={state.status === 'ready' && state.isPartial}>
      {state.status === 'ready' && <Comparison state={state} {...actions} />}
    </Frame>
  );
}

function Comparison({ state, ...actions }: Actions & { state: Ready }) {
  const { runs, baseline, pairs, isPartial } = state;
  const nameOf = (id: string) => runs.find((run) => run.id === id)?.label ?? id;
  const labels = runs.map(({ label }) => label);
  return (
    <>
      <Toolbar runs={runs} baseline={baseline} {...actions} />
      <Verdicts pairs={pairs} nameOf={nameOf} baseline={nameOf(baseline)} />
      <Warnings pairs={pairs} nameOf={nameOf} />
      <Unfinished runs={runs} />
      <Large runs={runs.filter((_, at) => state.isLarge[at])} />
      <MetricTable state={state} nameOf={nameOf} />
      {isPartial && (
        <p class="loading" role="status">
          <vscode-progress-ring aria-label={l10n.t('In progress')} />
          {l10n.t('The other metrics are being computed: ten thousand bootstrap draws each.')}
        </p>
      )}
      <Transitions state={state} nameOf={nameOf} {...actions} />
      <ProblemGrid state={state} openPair={actions.openPair} readProblem={actions.readProblem} />
      <PassCurves curves={state.curves} labels={labels} />
      <Levels levels={state.levels} labels={labels} />
      <Configuration rows={state.configuration} labels={labels} />
    </>
  );
}

const REPORTS = [
  ['md', 'Markdown'],
  ['latex', 'LaTeX'],
  ['csv', 'CSV'],
] as const;

function Toolbar({
  runs,
  baseline,
  chooseBaseline,
  copyCommand,
  exportReport,
}: Pick<Actions, 'chooseBaseline' | 'copyCommand' | 'exportReport'> & {
  runs: readonly ComparedRun[];
  baseline: string;
}) {
  return (
    <header class="top">
      <label for="baseline">{l10n.t('Baseline')}</label>
      <vscode-dropdown
        id="baseline"
        aria-label={l10n.t('Baseline')}
        value={baseline}
        onChange={(event) => {
          const { value } = event.currentTarget as HTMLElement & { value: string };
          // The control also reports the value that it was given.
          if (value !== baseline) chooseBaseline(value);
        }}
      >
        {runs.map((run) => (
          <vscode-option key={run.id} value={run.id}>
            {run.label}
          </vscode-option>
        ))}
      </vscode-dropdown>
      <span class="spacer" />
      <span>{l10n.t('Export as')}</span>
      {REPORTS.map(([format, name]) => (
        <vscode-button key={format} appearance="secondary" onClick={() => exportReport(format)}>
          {name}
        </vscode-button>
      ))}
      <vscode-button appearance="secondary" onClick={copyCommand}>
        {l10n.t('Copy command')}
      </vscode-button>
    </header>
  );
}

/** What is not in the table, and how to have it. */
function Large({ runs }: { runs: readonly ComparedRun[] }) {
  if (runs.length === 0) return null;
  return (
    <p class="legend">
      {l10n.t(
        '{0}: too large to read every text here. Metrics that need the texts whole are left out; the command has them with --detail.',
        runs.map(({ label }) => label).join(', '),
      )}
    </p>
  );
}

/** A run that is still written, or was lost, is compared as far as it is: said before its numbers. */
function Unfinished({ runs }: { runs: readonly ComparedRun[] }) {
  const unfinished = runs.filter(({ status }) => status !== 'done');
  if (unfinished.length === 0) return null;
  return (
    <p class="warning">
      {l10n.t(
        '{0}: compared as far as it is.',
        unfinished.map(({ label, status }) => l10n.t('{0} is {1}', label, status)).join('; '),
      )}
    </p>
  );
}
