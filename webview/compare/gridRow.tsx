// biome-ignore-all lint/a11y/useSemanticElements: a table cannot say that most of its rows are not in the document.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid is one tab stop and names its current row itself.
import { countOf, type GridRow, type GridView, gridDifference } from '../../src/core/comparison/index.ts';
import type { ComparedRun } from '../../src/core/protocol/compare.ts';
import * as l10n from '../shared/l10n.ts';
import { type ArmColours, cellWidth, RowCanvas } from './armCanvas.tsx';

export const ROW_HEIGHT = 24;
/** Beside the samples: how many are correct. */
const COUNT_WIDTH = 88;
/** Of the problem and of its points, as in compare.css. */
const LEFT_WIDTH = 280 + 84;

/** Of a whole row: told, because finding it out is what a scroll would pay for. */
export function gridWidth(runs: number, samples: number): number {
  return LEFT_WIDTH + runs * armWidthOf(samples);
}

function armWidthOf(samples: number): number {
  return samples * cellWidth(samples) + COUNT_WIDTH;
}

/** The headings, which stay while the rows scroll. */
export function Heads({ runs, samples }: { runs: readonly ComparedRun[]; samples: number }) {
  const width = armWidthOf(samples);
  return (
    <div
      class="grid-head"
      role="row"
      aria-rowindex={1}
      style={{ width: `${gridWidth(runs.length, samples)}px` }}
    >
      <span role="columnheader" class="grid-problem">
        {l10n.t('Problem')}
      </span>
      <span role="columnheader" class="grid-points">
        {l10n.t('Points')}
      </span>
      {runs.map(({ id, label }) => (
        <span key={id} role="columnheader" class="grid-arm" style={{ width: `${width}px` }} title={label}>
          {label}
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  readonly row: GridRow;
  readonly at: number;
  readonly view: GridView;
  readonly runs: readonly ComparedRun[];
  readonly samples: number;
  readonly colours: ArmColours;
  /** The sample under the keyboard's cursor; null where the cursor is in another row. */
  readonly marked: number | null;
}

/** One problem: its samples in each run. */
export function Row({ row, at, view, runs, samples, colours, marked }: RowProps) {
  const width = cellWidth(samples);
  const armWidth = armWidthOf(samples);
  const difference = gridDifference(row, view);
  const isCursor = marked !== null;
  return (
    <div
      role="row"
      class={`grid-row ${isCursor ? 'current' : ''}`}
      aria-rowindex={at + 2}
      style={{ transform: `translateY(${at * ROW_HEIGHT}px)` }}
      data-at={at}
      data-problem={row.problemId}
    >
      <span
        role="rowheader"
        class="grid-problem"
        id={isCursor ? 'grid-cursor' : undefined}
        title={row.statement}
      >
        <span class="link">{row.problemId}</span> <span class="statement">{row.statement}</span>
      </span>
      <span role="gridcell" class={`grid-points number ${tone(difference)}`}>
        {difference === null ? '–' : points(100 * difference)}
      </span>
      <RowCanvas arms={row.arms} width={width} armWidth={armWidth} colours={colours} marked={marked} />
      {row.arms.map((letters, run) => (
        <span
          key={runs[run]?.id}
          role="gridcell"
          class="grid-arm"
          style={{ width: `${armWidth}px`, paddingLeft: `${samples * width + 8}px` }}
          data-run={run}
        >
          <span class="arm-count">{letters === null ? l10n.t('not in this run') : armText(letters)}</span>
        </span>
      ))}
    </div>
  );
}

/** `12/16`, and what could not be graded. */
function armText(letters: string): string {
  const undetermined = countOf(letters, 'u');
  return `${countOf(letters, 'c')}/${letters.length}${undetermined > 0 ? `, ${undetermined} ?` : ''}`;
}

function tone(difference: number | null): string {
  if (difference === null || difference === 0) return '';
  return difference > 0 ? 'good' : 'bad';
}

/** Points with their sign, and an arrow, because colour alone tells nothing to some. */
export function points(value: number): string {
  const size = Math.abs(value).toFixed(0);
  if (Number(size) === 0) return '0';
  return value > 0 ? `▲ +${size}` : `▼ −${size}`;
}
