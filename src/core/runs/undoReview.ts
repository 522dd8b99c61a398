import type { Review } from '../schema/lines.ts';

/** The reviews of one run directory, in the order of the file. */
export interface ReviewFile {
  readonly dir: string;
  readonly reviews: readonly Review[];
}

/** A line that takes something back, without its author and time. */
export interface UndoLine {
  readonly dir: string;
  readonly line: Omit<Review, 'by' | 'at'>;
  /** What is taken back. */
  readonly taken: Review;
}

/**
 * The lines that take back what a person decided last and has not taken back yet, over one or several runs: each puts
 * back what stood before. Read from the files alone, so that an undo outlives the window. What somebody else has decided
 * since stays. Empty when there is nothing to take back.
 */
export function undoLines(files: readonly ReviewFile[], by: string): UndoLine[] {
  const slots = files.flatMap(({ dir, reviews }) => slotsOf(reviews).map((slot) => ({ dir, slot })));
  const own = slots.flatMap(({ dir, slot }) => {
    const [last, before] = [slot.at(-1), slot.at(-2)];
    return last === undefined || last.by !== by ? [] : [{ dir, last, before }];
  });
  const newest = Math.max(...own.map(({ last }) => Date.parse(last.at)));
  return own
    .filter(({ last }) => Date.parse(last.at) === newest)
    .map(({ dir, last, before }) => ({
      dir,
      taken: last,
      line: {
        critiqueId: last.critiqueId,
        ...(last.finding === undefined ? {} : { finding: last.finding }),
        decision: before?.decision ?? 'undone',
        ...(before?.text === undefined ? {} : { text: before.text }),
        undoes: last.at,
      },
    }));
}

/** For each critique, or finding of one: the decisions that were not taken back, the standing one last. */
function slotsOf(reviews: readonly Review[]): Review[][] {
  const slots = new Map<string, Review[]>();
  for (const review of reviews) {
    const key = `${review.finding ?? 'whole'} ${review.critiqueId}`;
    const slot = slots.get(key) ?? [];
    slots.set(key, slot);
    if (review.undoes !== undefined) {
      const at = slot.findLastIndex((one) => one.at === review.undoes && one.by === review.by);
      if (at >= 0) slot.splice(at, 1);
    } else if (review.decision === 'undone') slot.length = 0;
    else slot.push(review);
  }
  return [...slots.values()];
}
