import type { StandingReview } from '../runs/index.ts';

/** A person wants this critique: as it is, or as they edited it. It passes the optional filters and is drawn first. */
export function isAccepted(review: Pick<StandingReview, 'decision'> | undefined): boolean {
  return review?.decision === 'accept' || review?.decision === 'edited';
}
