/** Which of many rows of equal height are drawn. */
export interface RowWindow {
  readonly first: number;
  /** Past the last. */
  readonly end: number;
}

/** Rows beyond each edge that are drawn as well, so that a fast scroll does not show gaps. */
const OVERSCAN = 6;

/** The rows that a scrolled box shows. */
export function rowWindow(scrollTop: number, height: number, rowHeight: number, count: number): RowWindow {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - OVERSCAN);
  return { first, end: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN) };
}

/**
 * The row that each of so many places shows, null where there is none. A row keeps its place while it is shown, and the
 * next to come takes the place of one that went: what is drawn is changed, and neither made nor moved.
 */
export function rowPlaces({ first, end }: RowWindow, places: number): (number | null)[] {
  return Array.from({ length: places }, (_, place) => {
    const row = first + ((((place - first) % places) + places) % places);
    return row < end ? row : null;
  });
}

/** Places that are enough for a box of this height, wherever it is scrolled to. */
export function placesFor(height: number, rowHeight: number): number {
  return Math.ceil(height / rowHeight) + 1 + 2 * OVERSCAN;
}

/** Where to scroll so that a row is wholly seen below a heading of this height; the same place when it is. */
export function scrollToRow(
  row: number,
  {
    scrollTop,
    height,
    rowHeight,
    head,
  }: { scrollTop: number; height: number; rowHeight: number; head: number },
): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight + head;
  return bottom > scrollTop + height ? bottom - height : scrollTop;
}
