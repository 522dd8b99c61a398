import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { firstChange, type GridRow, type GridView } from '../../src/core/comparison/index.ts';
import type { ComparedRun, PairRequest } from '../../src/core/protocol/compare.ts';
import * as l10n from '../shared/l10n.ts';
import { themeVersion } from '../shared/theme.ts';
import { placesFor, rowPlaces, rowWindow, scrollToRow } from '../shared/virtualRows.ts';
import { armColours, cellWidth } from './armCanvas.tsx';
import { gridWidth, Heads, ROW_HEIGHT, Row } from './gridRow.tsx';

const HEAD_HEIGHT = 26;
const HEIGHT_AT_MOST = 480;

interface Props {
  readonly rows: readonly GridRow[];
  readonly runs: readonly ComparedRun[];
  readonly view: GridView;
  openPair(request: PairRequest): void;
  /** The row under the cursor, once there was one. */
  onCurrent(problemId: string): void;
}

interface Place {
  readonly row: number;
  readonly sample: number;
}

/**
 * A window on the rows: only what is seen is in the document, so that a thousand problems scroll as ten do. One tab stop;
 * arrows move between problems and samples, Enter opens the sample in both runs.
 */
export function GridViewport({ rows, runs, view, openPair, onCurrent }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const scrollTop = useSignal(0);
  const cursor = useSignal<Place>({ row: 0, sample: 0 });
  const isActive = useSignal(false);
  const theme = themeVersion.value;
  const colours = useMemo(armColours, [theme]);
  // Not by Math.max of all: of a hundred thousand it would be too many arguments.
  const samples = useMemo(() => rows.reduce((most, row) => Math.max(most, longest(row)), 0), [rows]);
  const height = Math.min(HEIGHT_AT_MOST, HEAD_HEIGHT + rows.length * ROW_HEIGHT + 2);
  const shown = rowWindow(scrollTop.value, height, ROW_HEIGHT, rows.length);
  const places = placesFor(height, ROW_HEIGHT);
  const row = Math.min(cursor.value.row, rows.length - 1);
  const current = rows[row];
  const sample = Math.min(cursor.value.sample, longest(current) - 1);

  useEffect(() => {
    // Other rows: what was scrolled to is no longer there.
    if (box.current !== null) box.current.scrollTop = 0;
    cursor.value = { row: 0, sample: 0 };
  }, [view.filter, view.order, view.other, view.baseline]);

  const isCurrent = isActive.value ? current?.problemId : undefined;
  useEffect(() => {
    if (isCurrent !== undefined) onCurrent(isCurrent);
  }, [isCurrent]);

  const open = (at: GridRow, run: number, position: number) => {
    const other = run === view.baseline ? view.other : run;
    const [left, right] = [runs[view.baseline]?.id, runs[other]?.id];
    if (left !== undefined && right !== undefined)
      openPair({ left, right, problemId: at.problemId, position });
  };
  const move = (to: Place) => {
    const next = {
      row: Math.max(0, Math.min(rows.length - 1, to.row)),
      sample: Math.max(0, Math.min(samples - 1, to.sample)),
    };
    cursor.value = next;
    const element = box.current;
    if (element === null) return;
    const seen = { scrollTop: element.scrollTop, height, rowHeight: ROW_HEIGHT, head: HEAD_HEIGHT };
    element.scrollTop = scrollToRow(next.row, seen);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((height - HEAD_HEIGHT) / ROW_HEIGHT) - 1);
    const target = moved(event.key, { row, sample }, page, rows.length);
    if (target !== null) move(target);
    else if (event.key === 'Enter' && current !== undefined) open(current, view.other, sample);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const clicked = placeOf(event);
    if (clicked === null) return;
    const problem = rows[clicked.at];
    if (problem === undefined) return;
    const { run, left } = clicked;
    const position =
      run === null ? firstChange(problem, view) : positionAt(left, cellWidth(samples), problem.arms[run]);
    move({ row: clicked.at, sample: position });
    open(problem, run ?? view.other, position);
  };
  // A row that is the same object as last time is not compared: a scroll costs the rows that come, not those that stay.
  const drawn = useMemo(
    () => new Map<number, JSX.Element>(),
    [rows, runs, view.baseline, view.other, samples, colours, places],
  );
  const rowAt = (at: number | null, place: number) => {
    const one = at === null ? undefined : rows[at];
    if (at === null || one === undefined) return null;
    const props = { row: one, at, view, runs, samples, colours };
    if (isActive.value && at === row) return <Row key={place} {...props} marked={sample} />;
    const known = drawn.get(at) ?? <Row key={place} {...props} marked={null} />;
    drawn.set(at, known);
    return known;
  };
  const said = current !== undefined && isActive.value ? sampleText(current, sample, runs) : null;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot say that most of its rows are not in the document. */}
      <div
        ref={box}
        class="grid"
        role="grid"
        tabIndex={0}
        aria-labelledby="problems"
        aria-describedby="grid-keys"
        aria-rowcount={rows.length + 1}
        aria-colcount={runs.length + 2}
        aria-activedescendant={isActive.value ? 'grid-cursor' : undefined}
        style={{ height: `${height}px` }}
        onScroll={(event) => {
          scrollTop.value = event.currentTarget.scrollTop;
        }}
        onFocus={() => {
          isActive.value = true;
        }}
        onBlur={() => {
          isActive.value = false;
        }}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <Heads runs={runs} samples={samples} />
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div
          class="grid-body"
          role="rowgroup"
          style={{ height: `${rows.length * ROW_HEIGHT}px`, width: `${gridWidth(runs.length, samples)}px` }}
        >
          {rowPlaces(shown, places).map(rowAt)}
        </div>
      </div>
      <p id="grid-keys" class="legend">
        {said ??
          l10n.t(
            'Click a sample, or press Enter on it, to open it in both runs. Arrows move; Home, End, Page Up and Page Down jump.',
          )}
      </p>
      <div class="visually-hidden" aria-live="polite">
        {said ?? ''}
      </div>
    </>
  );
}

function moved(key: string, { row, sample }: Place, page: number, rows: number): Place | null {
  switch (key) {
    case 'ArrowDown':
      return { row: row + 1, sample };
    case 'ArrowUp':
      return { row: row - 1, sample };
    case 'ArrowRight':
      return { row, sample: sample + 1 };
    case 'ArrowLeft':
      return { row, sample: sample - 1 };
    case 'PageDown':
      return { row: row + page, sample };
    case 'PageUp':
      return { row: row - page, sample };
    case 'Home':
      return { row: 0, sample };
    case 'End':
      return { row: rows - 1, sample };
    default:
      return null;
  }
}

/** Which row was clicked, and in which run's samples how far from their left edge; null between the rows. */
function placeOf(event: MouseEvent): { at: number; run: number | null; left: number } | null {
  if (!(event.target instanceof Element)) return null;
  const row = event.target.closest<HTMLElement>('[data-at]');
  if (row === null) return null;
  const arm = event.target.closest<HTMLElement>('[data-run]');
  return {
    at: Number(row.dataset.at),
    run: arm === null ? null : Number(arm.dataset.run),
    left: arm === null ? 0 : event.clientX - arm.getBoundingClientRect().left,
  };
}

function positionAt(left: number, width: number, letters: string | null | undefined): number {
  return Math.max(0, Math.min((letters?.length ?? 1) - 1, Math.floor(left / width)));
}

function longest(row: GridRow | undefined): number {
  return Math.max(1, ...(row?.arms ?? []).map((arm) => arm?.length ?? 0));
}

const WORDS: Record<string, string> = {
  c: l10n.t('correct'),
  i: l10n.t('incorrect'),
  u: l10n.t('undetermined'),
};

function sampleText(row: GridRow, sample: number, runs: readonly ComparedRun[]): string {
  const parts = row.arms.map((letters, run) => {
    const letter = letters?.[sample];
    const label = runs[run]?.label ?? '';
    return letter === undefined ? l10n.t('{0} has no such sample', label) : `${label} ${WORDS[letter]}`;
  });
  return l10n.t('{0}, sample {1}: {2}. Enter opens both.', row.problemId, sample, parts.join(', '));
}
