import { type Signal, useSignal } from '@preact/signals';
import { type RolloutRow, rewardSentence } from '../../src/core/runs/rollouts.ts';
import * as l10n from '../shared/l10n.ts';
import { MathText } from '../shared/mathText.tsx';
import { Scroll } from '../shared/scroll.tsx';

const ALL = 'all';
const STRATA = [ALL, 'best', 'worst', 'truncated', 'zero-variance'] as const;
type Stratum = (typeof STRATA)[number];
const ROWS_AT_ONCE = 8;

const STRATUM_NAMES: Readonly<Record<Stratum, string>> = {
  all: l10n.t('all'),
  best: l10n.t('best'),
  worst: l10n.t('worst'),
  truncated: l10n.t('truncated'),
  'zero-variance': l10n.t('zero-variance'),
};

/** Logs of other versions may name others: they are shown as they are. */
function stratumName(name: string): string {
  const known = STRATA.find((one) => one === name);
  return known === undefined ? name : STRATUM_NAMES[known];
}

interface Props {
  /** The step whose rollouts are looked at; null for all. */
  readonly step: Signal<number | null>;
  readonly rows: readonly RolloutRow[];
  openRollout(id: number): void;
}

/** What the model wrote and what it got for it: newest first, by why it was logged, or one prompt through the steps. */
export function Rollouts({ rows, step, openRollout }: Props) {
  const stratum = useSignal<Stratum>(ALL);
  const prompt = useSignal<number | null>(null);
  const count = useSignal(ROWS_AT_ONCE);
  if (rows.length === 0) return null;
  const chosen = prompt.value;
  const logged = step.value === null ? null : loggedNear(rows, step.value);
  const fitting =
    chosen === null
      ? rows
          .filter((row) => stratum.value === ALL || row.stratum === stratum.value)
          .filter((row) => logged === null || row.step === logged)
          .toReversed()
      : rows.filter((row) => row.promptId === chosen);
  const shown = fitting.slice(0, count.value);
  return (
    <section>
      <h2 id="rollouts">{l10n.t('Rollouts')}</h2>
      <div class="filters">
        {chosen === null ? (
          <>
            <label for="stratum">{l10n.t('Show')}</label>
            <vscode-dropdown
              id="stratum"
              aria-label={l10n.t('Show')}
              value={stratum.value}
              onChange={(event) => {
                const { value } = event.currentTarget as HTMLElement & { value: string };
                stratum.value = STRATA.find((name) => name === value) ?? ALL;
              }}
            >
              {STRATA.map((name) => (
                <vscode-option key={name} value={name}>
                  {stratumName(name)}
                </vscode-option>
              ))}
            </vscode-dropdown>
            <StepChoice step={step} logged={logged} />
          </>
        ) : (
          <>
            <span>{l10n.t('One prompt, through the steps')}</span>
            <vscode-button
              appearance="secondary"
              onClick={() => {
                prompt.value = null;
              }}
            >
              {l10n.t('Show all prompts')}
            </vscode-button>
          </>
        )}
        <span class="about" role="status">
          {l10n.t('{0} of {1}', shown.length, fitting.length)}
        </span>
      </div>
      <Scroll label={l10n.t('Rollouts')}>
        <table class="rollouts" aria-labelledby="rollouts">
          <thead>
            <tr>
              <th scope="col" class="number">
                {l10n.t('Step')}
              </th>
              <th scope="col">{l10n.t('Kind')}</th>
              <th scope="col">{l10n.t('Reward')}</th>
              <th scope="col" class="number">
                {l10n.t('Advantage')}
              </th>
              <th scope="col">{l10n.t('Prompt')}</th>
              <th scope="col">{l10n.t('Completion')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Rollout
                key={row.id}
                row={row}
                open={() => openRollout(row.id)}
                follow={
                  chosen === null
                    ? () => {
                        prompt.value = row.promptId;
                      }
                    : null
                }
              />
            ))}
          </tbody>
        </table>
      </Scroll>
      {shown.length < fitting.length && (
        <vscode-button
          appearance="secondary"
          onClick={() => {
            count.value += ROWS_AT_ONCE;
          }}
        >
          {l10n.t('Show more')}
        </vscode-button>
      )}
    </section>
  );
}

/** Rollouts are not logged at every step: the last ones up to it, or the first there are. */
function loggedNear(rows: readonly RolloutRow[], step: number): number {
  const before = rows.findLast((row) => row.step <= step);
  return before?.step ?? rows[0]?.step ?? step;
}

/** The keyboard's way to what a click into a chart does. */
function StepChoice({ step, logged }: { step: Signal<number | null>; logged: number | null }) {
  return (
    <>
      <label for="rollout-step">{l10n.t('Step')}</label>
      <input
        id="rollout-step"
        type="number"
        min={0}
        placeholder={l10n.t('all')}
        value={step.value ?? ''}
        onChange={({ currentTarget: { value, valueAsNumber } }) => {
          step.value = value === '' || !Number.isFinite(valueAsNumber) ? null : valueAsNumber;
        }}
      />
      {logged !== null && (
        <>
          {logged !== step.value && <span class="about">{l10n.t('logged at step {0}', logged)}</span>}
          <vscode-button
            appearance="secondary"
            onClick={() => {
              step.value = null;
            }}
          >
            {l10n.t('All steps')}
          </vscode-button>
        </>
      )}
    </>
  );
}

function Rollout({ row, open, follow }: { row: RolloutRow; open: () => void; follow: (() => void) | null }) {
  return (
    <tr>
      <td class="number">{row.step}</td>
      <td>{row.stratum === null ? '' : stratumName(row.stratum)}</td>
      <td>{rewardSentence(row.rewards)}</td>
      <td class="number">{row.advantage === null ? '–' : row.advantage.toFixed(2)}</td>
      <td class="prompt">
        <MathText
          element="div"
          text={row.prompt}
          of={l10n.t('the prompt of rollout {0}', row.id)}
          isTypeset
        />
        {follow !== null && (
          <button type="button" class="link" onClick={follow}>
            {l10n.t('through the steps')}
          </button>
        )}
      </td>
      <td class="completion">
        <MathText element="div" class="text" text={row.completion} of={l10n.t('rollout {0}', row.id)} />
        <button type="button" class="link" onClick={open}>
          {l10n.t('whole text')}
          <span class="visually-hidden"> {l10n.t('of rollout {0}', row.id)}</span>{' '}
          {l10n.t('({0} characters)', row.length)}
        </button>
      </td>
    </tr>
  );
}
