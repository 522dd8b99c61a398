import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import {
  GRID_FILTERS,
  GRID_ORDERS,
  type GridFilter,
  type GridOrder,
  gridRows,
} from '../../src/core/comparison/index.ts';
import type { CompareState } from '../../src/core/protocol/compare.ts';
import * as l10n from '../shared/l10n.ts';
import type { Actions } from './app.tsx';
import { GridTable } from './gridTable.tsx';
import { GridViewport } from './gridViewport.tsx';
import { ProblemDetail } from './problemDetail.tsx';

type Ready = Extract<CompareState, { status: 'ready' }>;

const FILTER_NAMES: Readonly<Record<GridFilter, string>> = {
  all: l10n.t('all'),
  changed: l10n.t('changed'),
  improved: l10n.t('improved'),
  regressed: l10n.t('regressed'),
  unchanged: l10n.t('unchanged'),
  undetermined: l10n.t('undetermined'),
};

const ORDER_NAMES: Readonly<Record<GridOrder, string>> = {
  'regressions first': l10n.t('regressions first'),
  'improvements first': l10n.t('improvements first'),
  'hardest first': l10n.t('hardest first'),
  'as in the set': l10n.t('as in the set'),
};

/** Problems by samples: what moved, and the two texts a click away. */
export function ProblemGrid({
  state,
  openPair,
  readProblem,
}: Pick<Actions, 'openPair' | 'readProblem'> & { state: Ready }) {
  const { runs, grid } = state;
  const against = useSignal('');
  const current = useSignal<string | null>(null);
  const filter = useSignal<GridFilter>('all');
  const order = useSignal<GridOrder>('regressions first');
  const others = runs.filter(({ id }) => id !== state.baseline);
  const other = others.find(({ id }) => id === against.value) ?? others[0];
  const baseline = runs.findIndex(({ id }) => id === state.baseline);
  const view = {
    baseline,
    other: runs.findIndex(({ id }) => id === other?.id),
    filter: filter.value,
    order: order.value,
  };
  const rows = useMemo(
    () => gridRows(grid, view),
    [grid, view.baseline, view.other, view.filter, view.order],
  );
  return (
    <section class="problems">
      <h2 id="problems">{l10n.t('Problems and samples')}</h2>
      <div class="filters">
        <Choice
          id="filter"
          label={l10n.t('Show')}
          value={filter.value}
          options={GRID_FILTERS}
          nameOf={(value) => FILTER_NAMES[value]}
          choose={(value) => {
            filter.value = value;
          }}
        />
        <Choice
          id="order"
          label={l10n.t('Order')}
          value={order.value}
          options={GRID_ORDERS}
          nameOf={(value) => ORDER_NAMES[value]}
          choose={(value) => {
            order.value = value;
          }}
        />
        {others.length > 1 && other !== undefined && (
          <Choice
            id="against"
            label={l10n.t('Against')}
            value={other.id}
            options={others.map(({ id }) => id)}
            nameOf={(id) => runs.find((run) => run.id === id)?.label ?? id}
            choose={(value) => {
              against.value = value;
            }}
          />
        )}
        <span class="legend">
          <span class="correct">●</span> {l10n.t('correct')} <span class="incorrect">○</span>{' '}
          {l10n.t('incorrect')} <span class="undetermined">–</span> {l10n.t('undetermined')}
        </span>
      </div>
      <p class="shown" role="status">
        {l10n.t('{0} of {1} problems', rows.length, grid.length)}
      </p>
      {rows.length === 0 ? (
        <p>{l10n.t('No problem is {0}.', FILTER_NAMES[filter.value])}</p>
      ) : (
        <>
          <GridViewport
            rows={rows}
            runs={runs}
            view={view}
            openPair={openPair}
            onCurrent={(problemId) => {
              current.value = problemId;
            }}
          />
          {current.value !== null && <ProblemDetail problemId={current.value} read={readProblem} />}
          <GridTable rows={rows} runs={runs} view={view} />
        </>
      )}
    </section>
  );
}

function Choice<T extends string>({
  id,
  label,
  value,
  options,
  nameOf,
  choose,
}: {
  id: string;
  label: string;
  value: T;
  options: readonly T[];
  nameOf: (value: T) => string;
  choose: (value: T) => void;
}) {
  return (
    <>
      <label for={id}>{label}</label>
      <vscode-dropdown
        id={id}
        aria-label={label}
        value={value}
        onChange={(event) => {
          const { value: chosen } = event.currentTarget as HTMLElement & { value: string };
          const known = options.find((option) => option === chosen);
          if (known !== undefined && known !== value) choose(known);
        }}
      >
        {options.map((option) => (
          <vscode-option key={option} value={option}>
            {nameOf(option)}
          </vscode-option>
        ))}
      </vscode-dropdown>
    </>
  );
}
