/** What the Compare panel and its host say to each other. Every number in it is computed by `core/stats`. */
import type { SettingDifference } from '../runs/comparability.ts';
import type { Comparison, RunSummary } from '../schema/comparison.ts';

/** One run of the comparison. */
export interface ComparedRun {
  /** Name of the run directory. */
  readonly id: string;
  readonly label: string;
  readonly model: string;
  /** Settings in a few words: problem set, samples, temperature. */
  readonly settings: string;
  /** Word for the state; a run that is not done is compared as far as it is. */
  readonly status: string;
}

/** One other run against the baseline. */
export interface ComparedPair {
  readonly other: string;
  readonly comparison: Comparison;
  readonly differences: readonly SettingDifference[];
}

/** What people recognise a problem by. */
export interface ComparedProblem {
  readonly statement: string;
  readonly gold: string | null;
}

export type CompareState =
  | { readonly status: 'loading'; readonly what: string }
  | { readonly status: 'failed'; readonly message: string; readonly remedy: string }
  | {
      readonly status: 'ready';
      readonly runs: readonly ComparedRun[];
      /** Id of the baseline. */
      readonly baseline: string;
      readonly baselineSummary: RunSummary;
      readonly pairs: readonly ComparedPair[];
      readonly problems: Readonly<Record<string, ComparedProblem>>;
    };

/** What VS Code keeps for the panel across a reload of the window. */
export interface SavedComparison {
  readonly folder: string;
  readonly runs: readonly string[];
  readonly baseline: string;
}

/** Methods of the host. Every argument is checked against what the host itself has sent. */
export interface CompareHost {
  ready(): Promise<{ readonly state: CompareState; readonly saved: SavedComparison }>;
  setBaseline(run: string): void;
  /** Opens the sample with this index of both runs in the diff editor. */
  openPair(other: string, problemId: string, index: number): Promise<void>;
  /** Puts the command that computes the same comparison on the clipboard. */
  copyCommand(): Promise<void>;
}

/** Methods of the panel. */
export interface CompareView {
  update(state: CompareState): void;
}
