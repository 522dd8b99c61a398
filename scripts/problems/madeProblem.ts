/** A problem made for this project, in the style of the AIME, with a way to count its answer. */
export interface MadeProblem {
  readonly level: 1 | 2 | 3 | 4 | 5;
  readonly subject: string;
  readonly problem: string;
  /** The answer by brute force, straight from the statement. */
  readonly check: () => number;
}
