/** What the Compare panel and its host say to each other. Every number in it is computed by `core`. */
import { z } from 'zod';
import {
  type ConfigurationRow,
  type GridRow,
  type LevelRow,
  type PassCurve,
  REPORT_FORMATS,
  type TransitionRows,
} from '../comparison/index.ts';
import type { SettingDifference } from '../runs/comparability.ts';
import { transitionSchema } from '../schema/common.ts';
import type { Comparison, RunSummary } from '../schema/comparison.ts';
import type { ParameterSchemas } from './guard.ts';

/** One run of the comparison. */
export interface ComparedRun {
  /** Name of the run directory. */
  readonly id: string;
  readonly label: string;
  /** Word for the state; a run that is not done is compared as far as it is. */
  readonly status: string;
}

/** One other run against the baseline. The rows of its problems are in the grid. */
export interface ComparedPair {
  readonly other: string;
  readonly comparison: Omit<Comparison, 'perProblem'>;
  readonly differences: readonly SettingDifference[];
}

export type CompareState =
  | { readonly status: 'loading'; readonly what: string }
  | { readonly status: 'failed'; readonly message: string; readonly remedy: string }
  | {
      readonly status: 'ready';
      /** Only the headline metric is there: the others are still computed. */
      readonly isPartial: boolean;
      readonly runs: readonly ComparedRun[];
      /** Id of the baseline. */
      readonly baseline: string;
      /** In the order of `runs`: its texts are not read, and metrics that need them whole are left out. */
      readonly isLarge: readonly boolean[];
      readonly baselineSummary: RunSummary;
      readonly pairs: readonly ComparedPair[];
      /** What follows has its parts in the order of `runs`. */
      readonly grid: readonly GridRow[];
      readonly curves: readonly PassCurve[];
      readonly levels: readonly LevelRow[];
      readonly configuration: readonly ConfigurationRow[];
    };

/** What VS Code keeps for the panel across a reload of the window. */
export const savedComparisonSchema = z.object({
  folder: z.string(),
  runs: z.array(z.string()).min(2),
  baseline: z.string(),
});
export type SavedComparison = z.infer<typeof savedComparisonSchema>;

/** What the page may ask. It is not trusted: the host parses each, and looks every name up among what it has sent. */
export const pairRequestSchema = z.object({
  left: z.string(),
  right: z.string(),
  problemId: z.string(),
  /** Position among the samples as the grid shows them. */
  position: z.int().min(0),
});
export type PairRequest = z.infer<typeof pairRequestSchema>;

export const transitionRequestSchema = z.object({
  run: z.string(),
  transition: transitionSchema,
  from: z.int().min(0),
});
export type TransitionRequest = z.infer<typeof transitionRequestSchema>;

export const critiqueRequestSchema = z.object({ run: z.string(), critiqueId: z.string() });
export type CritiqueRequest = z.infer<typeof critiqueRequestSchema>;

export const reportFormatSchema = z.enum(REPORT_FORMATS);

/** A problem as the grid's current row names it. */
export interface ProblemText {
  /** Empty where no arm has it; bounded. */
  readonly statement: string;
  readonly gold: string | null;
  readonly level: string | null;
  readonly subject: string | null;
}

/** Methods of the host. */
export interface CompareHost {
  ready(): Promise<{ readonly state: CompareState; readonly saved: SavedComparison }>;
  setBaseline(run: string): void;
  /** Opens one sample of a problem from two runs in the diff editor. */
  openPair(request: PairRequest): Promise<void>;
  /** The whole problem of a row; null where no arm has it. */
  readProblem(problemId: string): Promise<ProblemText | null>;
  /** The critiques in a cell of the transition matrix. */
  transitionRows(request: TransitionRequest): Promise<TransitionRows>;
  /** Opens a critique beside the solution that it is about. */
  openCritique(request: CritiqueRequest): Promise<void>;
  /** Opens the comparison as text in a new editor. */
  exportReport(format: (typeof REPORT_FORMATS)[number]): Promise<void>;
  /** Puts the command that computes the same comparison on the clipboard. */
  copyCommand(): Promise<void>;
}

/** Methods of the panel. */
export interface CompareView {
  update(state: CompareState): void;
}

/** What the page may call, and with what. */
export const compareHostSchemas: ParameterSchemas<CompareHost> = {
  ready: [],
  setBaseline: [z.string()],
  openPair: [pairRequestSchema],
  readProblem: [z.string()],
  transitionRows: [transitionRequestSchema],
  openCritique: [critiqueRequestSchema],
  exportReport: [reportFormatSchema],
  copyCommand: [],
};
