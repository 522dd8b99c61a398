import { type Signal, useSignal } from '@preact/signals';
import { type RolloutRow, rewardSentence } from '../../src/core/runs/rollouts.ts';
import { MathText } from '../shared/mathText.tsx';
import { Scroll } from '../shared/scroll.tsx';

const ALL = 'all';
const STRATA = [ALL, 'best', 'worst', 'truncated', 'zero-variance'] as const;
type Stratum = (typeof STRATA)[number];
const ROWS_AT_ONCE = 8;

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
      <h2 id="rollouts">Rollouts</h2>
      <div class="filters">
        {chosen === null ? (
          <>
            <label for="stratum">Show</label>
            <vscode-dropdown
              id="stratum"
              aria-label="Show"
              value={stratum.value}
              onChange={(event) => {
                const { value } = event.currentTarget as HTMLElement & { value: string };
                stratum.value = STRATA.find((name) => name === value) ?? ALL;
              }}
            >
              {STRATA.map((name) => (
                <vscode-option key={name} value={name}>
                  {name}
                </vscode-option>
              ))}
            </vscode-dropdown>
            <StepChoice step={step} logged={logged} />
          </>
        ) : (
          <>
            <span>One prompt, through the steps</span>
            <vscode-button
              appearance="secondary"
              onClick={() => {
                prompt.value = null;
              }}
            >
              Show all prompts
            </vscode-button>
          </>
        )}
        <span class="about" role="status">
          {shown.length} of {fitting.length}
        </span>
      </div>
      <Scroll label="Rollouts">
        <table class="rollouts" aria-labelledby="rollouts">
          <thead>
            <tr>
              <th scope="col" class="number">
                Step
              </th>
              <th scope="col">Kind</th>
              <th scope="col">Reward</th>
              <th scope="col" class="number">
                Advantage
              </th>
              <th scope="col">Prompt</th>
              <th scope="col">Completion</th>
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
          Show more
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
      <label for="rollout-step">Step</label>
      <input
        id="rollout-step"
        type="number"
        min={0}
        placeholder="all"
        value={step.value ?? ''}
        onChange={({ currentTarget: { value, valueAsNumber } }) => {
          step.value = value === '' || !Number.isFinite(valueAsNumber) ? null : valueAsNumber;
        }}
      />
      {logged !== null && (
        <>
          {logged !== step.value && <span class="about">logged at step {logged}</span>}
          <vscode-button
            appearance="secondary"
            onClick={() => {
              step.value = null;
            }}
          >
            All steps
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
      <td>{row.stratum ?? ''}</td>
      <td>{rewardSentence(row.rewards)}</td>
      <td class="number">{row.advantage === null ? '–' : row.advantage.toFixed(2)}</td>
      <td class="prompt">
        <MathText element="div" text={row.prompt} of={`the prompt of rollout ${row.id}`} isTypeset />
        {follow !== null && (
          <button type="button" class="link" onClick={follow}>
            through the steps
          </button>
        )}
      </td>
      <td class="completion">
        <MathText element="div" class="text" text={row.completion} of={`rollout ${row.id}`} />
        <button type="button" class="link" onClick={open}>
          whole text<span class="visually-hidden"> of rollout {row.id}</span> ({row.length} characters)
        </button>
      </td>
    </tr>
  );
}
