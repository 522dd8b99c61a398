import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standingReviews, undoLines } from '../../../src/core/runs/index.ts';
import type { Review } from '../../../src/core/schema/lines.ts';

const [RUN, OTHER] = ['/runs/a', '/runs/b'];
const moment = (second: number) => new Date(Date.UTC(2026, 0, 1) + 1000 * second).toISOString();

const review = (second: number, decision: Review['decision'], more: Partial<Review> = {}): Review => ({
  critiqueId: 'p#0/0',
  finding: 0,
  decision,
  by: 'ada',
  at: moment(second),
  ...more,
});

/** What a window does: appends the lines that take the last decision back. */
function undo(reviews: readonly Review[], second: number, by = 'ada'): Review[] {
  const lines = undoLines([{ dir: RUN, reviews }], by).map(({ line }) => line);
  return [...reviews, ...lines.map((line) => ({ ...line, by, at: moment(second) }))];
}

const standing = (reviews: readonly Review[]) =>
  [...standingReviews(reviews)].map(([id, { whole, findings }]) => [
    id,
    whole?.decision,
    whole?.text,
    [...findings].map(([finding, { decision }]) => [finding, decision]).sort(),
  ]);

describe('undoing reviews from their file', () => {
  it('takes decisions back one after the other, and then has nothing more', () => {
    const made = [review(1, 'accept'), review(2, 'reject')];
    const once = undo(made, 3);
    expect(once.at(-1)).toMatchObject({ decision: 'accept', undoes: moment(2) });
    const twice = undo(once, 4);
    expect(twice.at(-1)).toMatchObject({ decision: 'undone', undoes: moment(1) });
    expect(undo(twice, 5)).toEqual(twice);
  });

  it('takes back together what was decided at once, in whichever runs', () => {
    const at = moment(1);
    const files = [
      { dir: RUN, reviews: [review(0, 'reject'), review(1, 'accept', { finding: 1 })] },
      { dir: OTHER, reviews: [review(1, 'accept', { critiqueId: 'q#0/0' })] },
    ];
    expect(undoLines(files, 'ada').map(({ dir, line }) => ({ dir, line }))).toEqual([
      { dir: RUN, line: { critiqueId: 'p#0/0', finding: 1, decision: 'undone', undoes: at } },
      { dir: OTHER, line: { critiqueId: 'q#0/0', finding: 0, decision: 'undone', undoes: at } },
    ]);
  });

  it('brings an edited text back', () => {
    const edited = { ...review(1, 'edited', { text: 'Mine.' }), finding: undefined };
    const rejected = { ...review(2, 'reject'), finding: undefined };
    const [line] = undoLines([{ dir: RUN, reviews: [edited, rejected] as Review[] }], 'ada');
    expect(line?.taken).toEqual(rejected);
    expect(line?.line).toEqual({ critiqueId: 'p#0/0', decision: 'edited', text: 'Mine.', undoes: moment(2) });
  });

  it('leaves alone what somebody else has decided since', () => {
    const reviews = [review(1, 'accept'), review(2, 'reject', { by: 'bob' })];
    expect(undoLines([{ dir: RUN, reviews }], 'ada')).toEqual([]);
    expect(undo(undo(reviews, 3, 'bob'), 4).at(-1)).toMatchObject({ decision: 'undone', undoes: moment(1) });
  });

  it('ends where a file without any of it began, whatever was decided', () => {
    const decision = fc.record({
      critiqueId: fc.constantFrom('p#0/0', 'p#0/1'),
      finding: fc.constantFrom(0, 1, undefined),
      decision: fc.constantFrom<Review['decision']>('accept', 'reject', 'superficial'),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(decision, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
        (groups) => {
          let reviews: Review[] = [];
          const states = [standing(reviews)];
          for (const [second, group] of groups.entries()) {
            // One decision on each place at a time.
            const lines = new Map(group.map((one) => [`${one.critiqueId} ${one.finding}`, one]));
            reviews = [
              ...reviews,
              ...[...lines.values()].map((line) => ({ ...line, by: 'ada', at: moment(second) }) as Review),
            ];
            states.push(standing(reviews));
          }
          for (let back = groups.length; back > 0; back -= 1) {
            expect(sorted(standing(reviews))).toEqual(sorted(states[back] ?? []));
            reviews = undo(reviews, 100 + groups.length - back);
          }
          expect(standing(reviews)).toEqual([]);
          expect(undoLines([{ dir: RUN, reviews }], 'ada')).toEqual([]);
        },
      ),
    );
  });
});

function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
