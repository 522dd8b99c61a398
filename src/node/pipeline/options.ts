import type { RunEstimate } from '../../core/runs/index.ts';
import type { Critique, Solution } from '../../core/schema/lines.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { Parent, ProblemSetIdentity, Prompts, SamplingOptions } from '../../core/schema/run.ts';
import type { SettledRule } from '../../core/stats/index.ts';
import type { Engine } from '../engines/engine.ts';
import type { GradingWorker } from '../grading/gradingWorker.ts';
import type { RunProgress } from '../runs/index.ts';
import type { ContinuedSolution } from './continued.ts';

/** What every pipeline takes. */
export interface PipelineOptions {
  /** Run directory: made when it is not there; resumed or topped up when it is. See `newRunDir`. */
  readonly dir: string;
  /** Connected by the caller, who closes it. */
  readonly engine: Engine;
  readonly prompts: Prompts;
  readonly sampling: SamplingOptions;
  /** Seed of the run; each sample's own seed comes from it and the sample's id. */
  readonly seed: number;
  /**
   * Name of the grading policy. Unless one is named: that of the run that is topped up, or, of a critique of a run,
   * that run's.
   */
  readonly policy?: string;
  /** Grades instead of a thread of its own, which is killed when a grade takes too long; the caller ends it. */
  readonly grader?: Pick<GradingWorker, 'grade'>;
  /** What a person calls the run. */
  readonly title?: string;
  readonly parents?: readonly Parent[];
  /** As typed, for the manifest. */
  readonly commandLine?: readonly string[];
  /** Reaching it ends the run as interrupted, once the samples that run then are finished. */
  readonly budget?: Budget;
  /** Hears that it is reached. */
  readonly onSpent?: (by: 'tokens' | 'time') => void;
  /**
   * Hears the text of one running sample after the other as it grows, for people who watch; `live.json` of the run directory
   * then holds it, too. A server is asked for streams.
   */
  readonly onText?: (id: string, text: string) => void;
  /** Aborting ends the run as interrupted: the promise resolves, finished samples are kept. */
  readonly signal?: AbortSignal;
  /** After each sample, which is on disk by then. */
  readonly onProgress?: (progress: PipelineProgress) => void;
}

/** Limits of one invocation; resuming starts counting anew. */
export interface Budget {
  /** Tokens generated. */
  readonly tokens?: number;
  /** Samples that run then get a tenth more before they are given up: resuming makes them again. */
  readonly seconds?: number;
}

export interface PipelineProgress extends RunProgress {
  /** What the rest of the stage will take, once it is known. */
  readonly estimate?: RunEstimate;
  /** The sample that has just been written; absent in the first report of a stage. */
  readonly sample?: Solution | Critique;
}

export interface PipelineResult {
  readonly runId: string;
  readonly dir: string;
  readonly counts: {
    /** Samples that the run should have; of an interrupted `sample`, those known by then. */
    readonly wanted: number;
    /** Of these: there before, and not made again. */
    readonly reused: number;
    /** Of these: made now, failed ones included. */
    readonly made: number;
  };
  /** Samples that ended in an error; resuming tries them again. */
  readonly failed: number;
  /** The signal aborted, or the budget was spent, before all samples were made: resume with the same options. */
  readonly isInterrupted: boolean;
  /** Which limit of the budget ended it. */
  readonly spent?: 'tokens' | 'time';
}

export interface EvaluateOptions extends PipelineOptions {
  readonly problems: readonly Problem[];
  readonly problemSet: ProblemSetIdentity;
  /** Solutions per problem. A larger n than last time tops the run up. */
  readonly n: number;
  /** Stops sampling a problem as soon as it is settled; n is then the most that is taken. */
  readonly settled?: SettledRule;
  /** Goes on with the beginning of a solution of another run, instead of solving from the start: one problem only. */
  readonly continued?: ContinuedSolution;
}

/** The solutions that are criticised. */
export type CritiqueSource =
  /** Those of a run, all or the ones named. */
  | { readonly kind: 'run'; readonly dir: string; readonly solutionIds?: readonly string[] }
  /** The worked solutions in a problem set or a problem document. */
  | {
      readonly kind: 'problems';
      readonly problems: readonly Problem[];
      readonly problemSet: ProblemSetIdentity;
    };

export interface CritiqueOptions extends PipelineOptions {
  readonly source: CritiqueSource;
  /** Critiques per solution. */
  readonly n: number;
  /** `sampling` (template t of spec A2, the default), or `training`: the text that a trained critic has learned. */
  readonly template?: 'sampling' | 'training';
}
