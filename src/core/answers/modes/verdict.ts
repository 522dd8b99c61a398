import type { Outcome } from '../compare/outcome.ts';

/** What a mode says about two answers. */
export interface Verdict {
  readonly outcome: Outcome;
  /** The layer that decided. */
  readonly layer: string;
  /** A reason other than `equal` and `differs`. */
  readonly reason: string | null;
  /** Both sides as they were compared. */
  readonly gold: string;
  readonly answer: string;
}
