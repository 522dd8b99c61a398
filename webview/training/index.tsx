import '../shared/controls.ts';
import '../shared/violations.ts';
import './training.css';
import { signal } from '@preact/signals';
import { render } from 'preact';
import { clock } from '../../src/core/clock.ts';
import {
  applyTrainingUpdate,
  type TrainingHost,
  type TrainingRow,
  type TrainingState,
  type TrainingView,
} from '../../src/core/protocol/training.ts';
import { createRemote, serve } from '../../src/core/rpc.ts';
import { attempt, failure } from '../shared/attempt.ts';
import { Frame } from '../shared/frame.tsx';
import { hostPort } from '../shared/host.ts';
import * as l10n from '../shared/l10n.ts';
import { MiniChart, MiniTable } from '../shared/miniChart.tsx';

const host = createRemote<TrainingHost>(hostPort).remote;
const state = signal<TrainingState | null>(null);

serve<TrainingView>(hostPort, {
  update(update) {
    // Updates that come before the answer to ready() are in that answer already.
    if (state.value === null) return;
    const next = applyTrainingUpdate(state.value, update);
    if (next === null) load();
    else state.value = next;
  },
});

function load(): void {
  attempt(async () => {
    state.value = await host.ready();
  });
}

function App() {
  const shown = state.value;
  return (
    <Frame
      state={
        shown === null
          ? { status: 'loading', what: l10n.t('Reading the training runs') }
          : { status: 'ready' }
      }
      failure={failure.value}
    >
      {shown !== null &&
        (shown.rows.length === 0 ? (
          <Empty trusted={shown.trusted} />
        ) : (
          shown.rows.map((row) => <Run key={row.head.id} row={row} trusted={shown.trusted} />)
        ))}
    </Frame>
  );
}

function Empty({ trusted }: { trusted: boolean }) {
  return (
    <section class="empty">
      <p>
        {l10n.t('No training runs yet. Train a model on critiques it got right, and its curve appears here.')}
      </p>
      {trusted ? (
        <vscode-button onClick={() => attempt(() => host.start())}>{l10n.t('Start Training…')}</vscode-button>
      ) : (
        <p>{l10n.t('This workspace is in restricted mode: trust it to start a training.')}</p>
      )}
    </section>
  );
}

const MARKS = { good: '✓', busy: '●', warning: '⚠', bad: '✗' } as const;

function Run({ row: { head, curve }, trusted }: { row: TrainingRow; trusted: boolean }) {
  return (
    <section class="run" aria-label={`${head.title}, ${head.state}`} data-run={head.id} data-step={head.step}>
      <header>
        <h2 title={head.id}>{head.title}</h2>
        <span class={`state ${head.tone}`}>
          <span aria-hidden="true">{MARKS[head.tone]}</span> {head.state}
        </span>
      </header>
      <p class="numbers">
        <span class="step">{l10n.t('step {0}', stepText(head.step, head.total))}</span>
        {head.numbers.map(({ name, text }) => (
          <span key={name}>
            {name} {text}
          </span>
        ))}
        {head.etaSeconds !== null && <span class="eta">{l10n.t('{0} left', clock(head.etaSeconds))}</span>}
        {head.checkpoints > 0 && (
          <span>
            {head.checkpoints === 1 ? l10n.t('1 checkpoint') : l10n.t('{0} checkpoints', head.checkpoints)}
          </span>
        )}
      </p>
      {curve.steps.length > 0 && <MiniChart curve={curve} title={head.title} />}
      {head.detail !== null && <p class={`detail ${head.tone}`}>{head.detail}</p>}
      <p class="actions">
        {head.canStop && (
          <vscode-button
            appearance="secondary"
            disabled={!trusted}
            onClick={() => attempt(() => host.stop(head.id))}
          >
            {l10n.t('Stop')}
          </vscode-button>
        )}
        {head.canResume && (
          <vscode-button
            appearance="secondary"
            disabled={!trusted}
            onClick={() => attempt(() => host.resume(head.id))}
          >
            {l10n.t('Resume')}
          </vscode-button>
        )}
        <vscode-button appearance="secondary" onClick={() => attempt(() => host.open(head.id))}>
          {l10n.t('Open')}
        </vscode-button>
      </p>
      {curve.steps.length > 0 && <MiniTable curve={curve} />}
    </section>
  );
}

function stepText(step: number | null, total: number | null): string {
  return `${step ?? '–'}${total === null ? '' : ` / ${total}`}`;
}

render(<App />, document.body);
load();
