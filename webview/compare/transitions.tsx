import { useSignal } from '@preact/signals';
import type { TransitionRows } from '../../src/core/comparison/index.ts';
import type { CompareState } from '../../src/core/protocol/compare.ts';
import type { Transition } from '../../src/core/schema/common.ts';
import type { TransitionCounts } from '../../src/core/schema/comparison.ts';
import * as l10n from '../shared/l10n.ts';
import type { Actions } from './app.tsx';

type Ready = Extract<CompareState, { status: 'ready' }>;

const MEANINGS: Record<Transition, string> = {
  'i→c': l10n.t('wrong solution, the critique ends right'),
  'c→c': l10n.t('right solution, the critique ends right'),
  'i→i': l10n.t('wrong solution, the critique ends wrong'),
  'c→i': l10n.t('right solution, the critique ends wrong'),
};

interface Cell {
  readonly run: string;
  readonly transition: Transition;
}

interface Props extends Pick<Actions, 'transitionRows' | 'openCritique'> {
  readonly state: Ready;
  nameOf(id: string): string;
}

/** What critiques did to solutions, where there are critiques. A number opens the critiques that it counts. */
export function Transitions({ state, nameOf, transitionRows, openCritique }: Props) {
  const chosen = useSignal<Cell | null>(null);
  const found = useSignal<TransitionRows | null>(null);
  const fault = useSignal<string | null>(null);
  const matrices = matricesOf(state);
  if (matrices.length === 0) return null;

  const show = async (cell: Cell, from: number) => {
    chosen.value = cell;
    if (from === 0) found.value = null;
    try {
      const more = await transitionRows({ ...cell, from });
      // Another cell may have been chosen while this one was looked up.
      if (chosen.value?.run !== cell.run || chosen.value.transition !== cell.transition) return;
      // Clicked twice: these rows are there already.
      if ((found.value?.rows.length ?? 0) !== from) return;
      found.value = { total: more.total, rows: [...(found.value?.rows ?? []), ...more.rows] };
      fault.value = null;
    } catch (thrown) {
      fault.value = thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
  return (
    <section>
      <h2 id="transitions">{l10n.t('What critiques did')}</h2>
      <div class="matrices">
        {matrices.map(({ run, counts }) => (
          <Matrix
            key={run}
            name={nameOf(run)}
            counts={counts}
            pressed={chosen.value?.run === run ? chosen.value.transition : null}
            choose={(transition) => void show({ run, transition }, 0)}
          />
        ))}
      </div>
      {fault.value !== null && (
        <p class="failure" role="alert">
          {fault.value}
        </p>
      )}
      {chosen.value !== null && found.value !== null && (
        <CellRows
          cell={chosen.value}
          name={nameOf(chosen.value.run)}
          found={found.value}
          more={(cell, from) => void show(cell, from)}
          open={(run, critiqueId) => openCritique({ run, critiqueId })}
        />
      )}
    </section>
  );
}

function matricesOf({ baseline, pairs }: Ready): { run: string; counts: TransitionCounts }[] {
  const first = pairs.find(({ comparison }) => comparison.transitions !== null)?.comparison.transitions;
  if (first === undefined || first === null) return [];
  return [
    { run: baseline, counts: first.baseline },
    ...pairs.flatMap(({ other, comparison }) =>
      comparison.transitions === null ? [] : [{ run: other, counts: comparison.transitions.other }],
    ),
  ];
}

function Matrix({
  name,
  counts,
  pressed,
  choose,
}: {
  name: string;
  counts: TransitionCounts;
  pressed: Transition | null;
  choose: (transition: Transition) => void;
}) {
  const total = Math.max(1, counts['c→c'] + counts['c→i'] + counts['i→c'] + counts['i→i']);
  const cell = (transition: Transition) => (
    <td>
      <button
        type="button"
        class={`cell ${transition.endsWith('c') ? 'correct' : 'incorrect'}`}
        aria-pressed={pressed === transition}
        disabled={counts[transition] === 0}
        title={MEANINGS[transition]}
        aria-label={l10n.t('{name}, {transition}, {meaning}: {count} critiques', {
          ...{ name, transition },
          meaning: MEANINGS[transition],
          count: counts[transition],
        })}
        onClick={() => choose(transition)}
      >
        <strong>{counts[transition]}</strong> {transition}
        <span class="share">{((100 * counts[transition]) / total).toFixed(0)} %</span>
      </button>
    </td>
  );
  return (
    <table class="matrix">
      <caption>{name}</caption>
      <thead>
        <tr>
          <th scope="col">{l10n.t('solution')}</th>
          <th scope="col">{l10n.t('critique right')}</th>
          <th scope="col">{l10n.t('critique wrong')}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{l10n.t('wrong')}</th>
          {cell('i→c')}
          {cell('i→i')}
        </tr>
        <tr>
          <th scope="row">{l10n.t('right')}</th>
          {cell('c→c')}
          {cell('c→i')}
        </tr>
      </tbody>
    </table>
  );
}

function CellRows({
  cell,
  name,
  found,
  more,
  open,
}: {
  cell: Cell;
  name: string;
  found: TransitionRows;
  more: (cell: Cell, from: number) => void;
  open: (run: string, critiqueId: string) => void;
}) {
  return (
    <section class="cell-rows" aria-label={l10n.t('{0} of {1}', cell.transition, name)} aria-live="polite">
      <p>
        {l10n.t(
          '{0} critiques of {1}: {2}. Each opens beside its solution.',
          found.total,
          name,
          MEANINGS[cell.transition],
        )}
      </p>
      <ul>
        {found.rows.map((row) => (
          <li key={row.critiqueId}>
            <button type="button" class="link" onClick={() => open(cell.run, row.critiqueId)}>
              {row.critiqueId}
            </button>{' '}
            <span class="statement">
              {l10n.t(
                'says {0}, answers {1}, {2} tokens',
                row.verdict,
                row.answer ?? l10n.t('nothing'),
                row.tokens,
              )}
            </span>
          </li>
        ))}
      </ul>
      {found.rows.length < found.total && (
        <vscode-button appearance="secondary" onClick={() => more(cell, found.rows.length)}>
          {l10n.t('Show more')}
        </vscode-button>
      )}
    </section>
  );
}
