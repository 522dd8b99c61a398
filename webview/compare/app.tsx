import type { ComparedRun, CompareState } from '../../src/core/protocol/compare.ts';
import { MetricTable } from './metricTable.tsx';
import { ProblemGrid } from './problemGrid.tsx';
import { Transitions } from './transitions.tsx';
import { Verdicts } from './verdicts.tsx';
import { Warnings } from './warnings.tsx';

export interface Actions {
  chooseBaseline(run: string): void;
  openPair(other: string, problemId: string, index: number): void;
  copyCommand(): void;
}

type Ready = Extract<CompareState, { status: 'ready' }>;

export function App({
  state,
  failure,
  ...actions
}: Actions & { state: CompareState; failure: string | null }) {
  return (
    <main aria-busy={state.status === 'loading'}>
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {state.status === 'loading' && (
        <p class="loading">
          <vscode-progress-ring aria-label="In progress" />
          {state.what}
        </p>
      )}
      {state.status === 'failed' && (
        <section role="alert">
          <h1 class="bad">{state.message}</h1>
          <p>{state.remedy}</p>
        </section>
      )}
      {state.status === 'ready' && <Comparison state={state} {...actions} />}
    </main>
  );
}

function Comparison({ state, chooseBaseline, openPair, copyCommand }: Actions & { state: Ready }) {
  const { runs, baseline, pairs } = state;
  const nameOf = (id: string) => runs.find((run) => run.id === id)?.label ?? id;
  return (
    <>
      <header class="top">
        <label for="baseline">Baseline</label>
        <vscode-dropdown
          id="baseline"
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
        <vscode-button appearance="secondary" onClick={copyCommand}>
          Copy command
        </vscode-button>
      </header>
      <Verdicts pairs={pairs} nameOf={nameOf} baseline={nameOf(baseline)} />
      <Warnings pairs={pairs} nameOf={nameOf} />
      <MetricTable pairs={pairs} nameOf={nameOf} baseline={nameOf(baseline)} />
      <Transitions pairs={pairs} nameOf={nameOf} baseline={nameOf(baseline)} />
      <ProblemGrid state={state} nameOf={nameOf} openPair={openPair} />
      <Settings runs={runs} baseline={baseline} />
    </>
  );
}

function Settings({ runs, baseline }: { runs: readonly ComparedRun[]; baseline: string }) {
  return (
    <details class="settings">
      <summary>Runs and settings</summary>
      <dl>
        {runs.map((run) => (
          <div key={run.id}>
            <dt>
              {run.label}
              {run.id === baseline && ' (baseline)'}
            </dt>
            <dd>
              {run.settings}
              {run.status !== 'done' && (
                <span class="warning"> · {run.status}: compared as far as it is</span>
              )}
              <br />
              <code>{run.id}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
