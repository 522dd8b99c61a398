/** What the Rejection Sampling panel and its host say to each other. */
import { z } from 'zod';
import type { SamplingPicture } from '../sampling/picture.ts';
import type { ParameterSchemas } from './guard.ts';

/** Everything about the run except what was sampled. */
export interface SamplingHead {
  readonly title: string;
  readonly model: string;
  readonly problemSet: string;
  /** Word for the state. */
  readonly state: string;
  readonly stage: string | null;
  readonly done: number;
  readonly total: number | null;
  /** Unix seconds. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly etaSeconds: number | null;
  readonly error: string | null;
  readonly canStop: boolean;
  readonly canResume: boolean;
  /** The dataset file is there: it can be read and trained on. */
  readonly hasDataset: boolean;
  readonly trusted: boolean;
}

export type SamplingState =
  | { readonly status: 'loading'; readonly what: string }
  | { readonly status: 'failed'; readonly message: string; readonly remedy: string }
  | { readonly status: 'ready'; readonly head: SamplingHead; readonly picture: SamplingPicture };

/** What VS Code keeps for the panel across a reload of the window. */
export const savedRunSchema = z.object({ folder: z.string(), run: z.string() });
export type SavedRun = z.infer<typeof savedRunSchema>;

export const droppedRequestSchema = z.object({ filter: z.string(), from: z.int().min(0) });
export type DroppedRequest = z.infer<typeof droppedRequestSchema>;

/** A part of what a filter dropped, and how many there are in all. */
export interface DroppedRows {
  readonly total: number;
  readonly rows: readonly { readonly candidate: string; readonly detail: string }[];
}

export const DROPPED_ROWS_AT_ONCE = 100;

/** Methods of the host. */
export interface SamplingHost {
  ready(): Promise<{ readonly state: SamplingState; readonly saved: SavedRun }>;
  droppedRows(request: DroppedRequest): Promise<DroppedRows>;
  /** Opens a solution, or a critique beside its solution. */
  openCandidate(id: string): Promise<void>;
  /** Stops, and makes the dataset from what is finished. */
  stopAndKeep(): Promise<void>;
  resume(): Promise<void>;
  openDataset(): Promise<void>;
  train(): Promise<void>;
}

export const samplingHostSchemas: ParameterSchemas<SamplingHost> = {
  ready: [],
  droppedRows: [droppedRequestSchema],
  openCandidate: [z.string()],
  stopAndKeep: [],
  resume: [],
  openDataset: [],
  train: [],
};

/** Methods of the panel. */
export interface SamplingView {
  update(state: SamplingState): void;
}
