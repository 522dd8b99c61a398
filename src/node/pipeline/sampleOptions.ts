/** What sampling runs and datasets are asked for. */
import type { VerificationStyle } from '../../core/prompts/index.ts';
import type { HeldOut, Mix } from '../../core/sampling/index.ts';
import type { DatasetMeta } from '../../core/schema/dataset.ts';
import type { Dropped } from '../../core/schema/lines.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { ProblemSetIdentity, Prompts, SamplingOptions } from '../../core/schema/run.ts';
import type { Engine } from '../engines/engine.ts';
import type { PipelineOptions, PipelineResult } from './options.ts';

export interface DatasetFilters {
  /** SCFT: drop a critique whose verdict contradicts the grade of the solution. */
  readonly verdictMustMatch?: boolean;
  /** Tokens of what is trained on; null: no limit. */
  readonly maxTokens?: number | null;
  /** Problems of benchmarks: neither sampled on nor kept. */
  readonly heldOut?: HeldOut | null;
}

/** What is particular to one kind of dataset. */
export type DatasetKindOptions =
  | {
      readonly kind: 'scft';
      /** i→c : c→c. */
      readonly mix: Mix;
    }
  | { readonly kind: 'self-distill' }
  | {
      readonly kind: 's2r';
      readonly style: VerificationStyle;
      /** The verifier rewrites each verification as a self-check; otherwise that is done by rules alone. */
      readonly isRefined?: boolean;
      /** Thin problems out by the table of spec B3. */
      readonly isThinned: boolean;
    }
  | {
      readonly kind: 'offline';
      /** Problems with a share of right rollouts outside are left out. */
      readonly accuracy: readonly [low: number, high: number];
      /** No more rollouts without a right solve than with one. */
      readonly isBalanced: boolean;
    };

export type DatasetOptions = DatasetKindOptions & {
  /** Records wanted; null: all that there are. */
  readonly size: number | null;
  readonly filters?: DatasetFilters;
  /** `.jsonl` file; `.meta.json` stands beside it. Default: `dataset.jsonl` in the run directory. */
  readonly output?: string;
};

/** Another model that criticises or verifies: R1-Critique, or the stronger verifier of S2R. */
export interface Critic {
  /** Connected by the caller, who closes it. */
  readonly engine: Engine;
  /** What it is asked with; the solution's slot is that of the run. */
  readonly prompts: Prompts;
}

export interface SampleOptions extends PipelineOptions {
  readonly problems: readonly Problem[];
  readonly problemSet: ProblemSetIdentity;
  /** Solutions per problem. A larger n than last time tops the run up. */
  readonly n: number;
  /** The solutions of this run instead of new ones. */
  readonly solutionsOf?: { readonly dir: string; readonly solutionIds?: readonly string[] };
  /** SCFT: critiques of each wrong solution. S2R: verifications of each answer. Other kinds need none. */
  readonly critiques: number;
  /**
   * SCFT: critiques of each right solution that is criticised at all. Only as many right solutions are taken as the c→c
   * share of the mix needs, because critiques of right solutions nearly always pass (default 1).
   */
  readonly critiquesPerCorrect?: number;
  /** Options of the critiques; default: those of the solutions. */
  readonly critiqueSampling?: SamplingOptions;
  /** Default: the model itself. */
  readonly critic?: Critic;
  readonly dataset: DatasetOptions;
}

export interface WrittenDataset {
  readonly file: string;
  readonly metaFile: string;
  readonly meta: DatasetMeta;
  readonly dropped: readonly Dropped[];
  /** The same dataset stood there already and was left alone. */
  readonly isUnchanged: boolean;
}

export interface SampleOutcome extends PipelineResult {
  /** Null when the run was interrupted: `datasetFromRun` still makes one from what is there. */
  readonly dataset: WrittenDataset | null;
}
