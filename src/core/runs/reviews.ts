import type { Review } from '../schema/lines.ts';

/** What people decided on a critique in the end. */
export type ReviewDecision = 'accept' | 'reject' | 'superficial' | 'edited';

/** Decisions still standing on one critique. */
export interface StandingReview {
  /** On the critique as a whole, or what the decisions on its findings amount to. */
  readonly decision: ReviewDecision;
  /** The last decision on each finding, by the finding's index. */
  readonly findings: ReadonlyMap<number, Review>;
  /** The last decision on the whole critique. */
  readonly whole: Review | null;
}

/**
 * Reviews in the order of the file; a later line on the same critique and finding replaces an earlier one, and
 * `undone` withdraws it. A decision on the whole critique overrules those on its findings. Without one, the critique
 * is as bad as its worst finding: training on it would teach that finding too.
 */
export function standingReviews(reviews: readonly Review[]): Map<string, StandingReview> {
  const slots = new Map<string, Map<number | 'whole', Review>>();
  for (const review of reviews) {
    const slot = slots.get(review.critiqueId) ?? new Map<number | 'whole', Review>();
    slots.set(review.critiqueId, slot);
    if (review.decision === 'undone') slot.delete(review.finding ?? 'whole');
    else slot.set(review.finding ?? 'whole', review);
  }
  const standing = new Map<string, StandingReview>();
  for (const [critiqueId, slot] of slots) {
    const whole = slot.get('whole') ?? null;
    const findings = new Map([...slot].filter((entry): entry is [number, Review] => entry[0] !== 'whole'));
    const decision = whole === null ? worstDecision([...findings.values()]) : decisionOf(whole);
    if (decision !== null) standing.set(critiqueId, { decision, findings, whole });
  }
  return standing;
}

/** The critique's text after the review: as a person left it, or null where nobody changed it. */
export function editedText({ whole }: StandingReview): string | null {
  return whole?.decision === 'edited' ? (whole.text ?? null) : null;
}

const WORST_FIRST: readonly ReviewDecision[] = ['reject', 'superficial', 'edited', 'accept'];

function worstDecision(reviews: readonly Review[]): ReviewDecision | null {
  return WORST_FIRST.find((decision) => reviews.some((review) => review.decision === decision)) ?? null;
}

function decisionOf(review: Review): ReviewDecision | null {
  return review.decision === 'undone' ? null : review.decision;
}
