import { useSignal } from '@preact/signals';
import { clock } from '../../src/core/clock.ts';
import type {
  DashboardContent,
  DashboardHead,
  DashboardHost,
  DashboardState,
} from '../../src/core/protocol/dashboard.ts';
import { Frame } from '../shared/frame.tsx';
import * as l10n from '../shared/l10n.ts';
import { Checkpoints } from './checkpoints.tsx';
import { Curves } from './curves.tsx';
import { Rollouts } from './rollouts.tsx';

export type Actions = {
  readonly [Name in Exclude<keyof DashboardHost, 'ready'>]: (
    ...parameters: Parameters<DashboardHost[Name]>
  ) => void;
};

export function App({
  state,
  failure,
  ...actions
}: Actions & { state: DashboardState; failure: string | null }) {
  return (
    <Frame state={state} failure={failure}>
      {state.status === 'ready' && <Dashboard content={state.content} {...actions} />}
    </Frame>
  );
}

function Dashboard({ content, ...actions }: Actions & { content: DashboardContent }) {
  const { head, curves, rollouts } = content;
  const step = useSignal<number | null>(null);
  const show = (at: number) => {
    step.value = at;
    document.getElementById('rollouts')?.scrollIntoView({ block: 'start' });
  };
  return (
    <div data-step={head.step}>
      <Head head={head} {...actions} />
      <Alarms head={head} show={rollouts.length > 0 ? show : null} />
      {curves.length === 0 ? (
        <p>
          {l10n.t('No step was logged yet.')} {head.detail}
        </p>
      ) : (
        <Curves
          groups={head.groups}
          curves={curves}
          pick={(at) => {
            step.value = at;
          }}
        />
      )}
      <Rollouts rows={rollouts} step={step} openRollout={actions.openRollout} />
      <Checkpoints head={head} {...actions} />
      <Log head={head} openLog={actions.openLog} />
    </div>
  );
}

const MARKS = { good: '✓', busy: '●', warning: '⚠', bad: '✗' } as const;

function Head({ head, stop, resume, openLog }: Actions & { head: DashboardHead }) {
  const times = [
    ...stepOf(head),
    ...(head.etaSeconds === null ? [] : [l10n.t('about {0} left', clock(head.etaSeconds))]),
    ...(head.startedAt !== null && head.endedAt !== null
      ? [l10n.t('took {0}', clock(head.endedAt - head.startedAt))]
      : []),
  ];
  return (
    <header class="top">
      <div>
        <h1>{head.title}</h1>
        <p class="about">{[head.model, head.recipe].filter((part) => part !== '').join(' · ')}</p>
        <p class="about" role="status">
          <span class={head.tone}>
            <span aria-hidden="true">{MARKS[head.tone]}</span> {head.state}
          </span>
          {times.map((part) => ` · ${part}`).join('')}
        </p>
        {head.detail !== null && !head.alarms.some(({ message }) => message === head.detail) && (
          <p class={`detail ${head.tone}`}>{head.detail}</p>
        )}
      </div>
      <span class="spacer" />
      <div class="actions">
        {head.canStop && (
          <vscode-button appearance="secondary" disabled={!head.trusted} onClick={() => stop()}>
            {l10n.t('Stop')}
          </vscode-button>
        )}
        {head.canResume && (
          <vscode-button appearance="secondary" disabled={!head.trusted} onClick={() => resume()}>
            {l10n.t('Resume')}
          </vscode-button>
        )}
        <vscode-button appearance="secondary" onClick={() => openLog()}>
          {l10n.t('Open log')}
        </vscode-button>
      </div>
    </header>
  );
}

function stepOf({ step, total }: DashboardHead): string[] {
  if (step === null) return [];
  return [total === null ? l10n.t('step {0}', step) : l10n.t('step {0} of {1}', step, total)];
}

/** In words, with the step at which to look. */
function Alarms({
  head: { alarms },
  show,
}: {
  head: DashboardHead;
  /** Null where no rollout was logged. */
  show: ((step: number) => void) | null;
}) {
  if (alarms.length === 0) return null;
  return (
    <section class="alarms" aria-label={l10n.t('Alarms')} aria-live="polite">
      <h2>
        <span class="warning" aria-hidden="true">
          ⚠
        </span>{' '}
        {alarms.length === 1 ? l10n.t('1 alarm') : l10n.t('{0} alarms', alarms.length)}
      </h2>
      <ul>
        {alarms.toReversed().map(({ step, alarm, message, t }) => (
          <li key={`${t} ${alarm}`}>
            <strong>{l10n.t('step {0}', step)}</strong> {message} <span class="about">({alarm})</span>{' '}
            {show !== null && (
              <button type="button" class="link" onClick={() => show(step)}>
                {l10n.t('show its rollouts')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Log({ head: { logs }, openLog }: { head: DashboardHead; openLog: () => void }) {
  if (logs.length === 0) return null;
  return (
    <section>
      <h2>{l10n.t('Newest lines of the log')}</h2>
      <pre class="log">
        {logs.map(({ t, level, message }, at) => (
          <span key={`${t} ${at}`} class={LEVELS[level]}>
            {message}
            {'\n'}
          </span>
        ))}
      </pre>
      <vscode-button appearance="secondary" onClick={openLog}>
        {l10n.t('Open log')}
      </vscode-button>
    </section>
  );
}

const LEVELS = { info: '', warning: 'warning', error: 'bad' } as const;
