import { useSignal } from '@preact/signals';
import { countOf, type GridRow, type GridView, gridDifference } from '../../src/core/comparison/index.ts';
import type { ComparedRun } from '../../src/core/protocol/compare.ts';
import * as l10n from '../shared/l10n.ts';
import { points } from './gridRow.tsx';

const ROWS_AT_ONCE = 100;

/** The same rows as plain numbers, for those who cannot see the grid and for copying. Nothing is drawn while it is closed. */
export function GridTable({
  rows,
  runs,
  view,
}: {
  rows: readonly GridRow[];
  runs: readonly ComparedRun[];
  view: GridView;
}) {
  const isOpen = useSignal(false);
  const count = useSignal(ROWS_AT_ONCE);
  return (
    <details
      class="chart-table"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{l10n.t('Problems as a table')}</summary>
      {isOpen.value && (
        <>
          <table aria-labelledby="problems">
            <thead>
              <tr>
                <th scope="col">{l10n.t('Problem')}</th>
                {runs.map(({ id, label }) => (
                  <th key={id} scope="col">
                    {label}
                  </th>
                ))}
                <th scope="col">{l10n.t('Points')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, count.value).map((row) => {
                const difference = gridDifference(row, view);
                return (
                  <tr key={row.problemId}>
                    <th scope="row">{row.problemId}</th>
                    {row.arms.map((letters, at) => (
                      <td key={at}>
                        {letters === null ? '–' : l10n.t('{0} of {1}', countOf(letters, 'c'), letters.length)}
                      </td>
                    ))}
                    <td>{difference === null ? '–' : points(100 * difference)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {count.value < rows.length && (
            <vscode-button
              appearance="secondary"
              onClick={() => {
                count.value += ROWS_AT_ONCE;
              }}
            >
              {l10n.t('Show {0} more', Math.min(ROWS_AT_ONCE, rows.length - count.value))}
            </vscode-button>
          )}
        </>
      )}
    </details>
  );
}
