/** Evaluate, critique, sample: each drives an engine and writes a run directory that can be resumed. */
export { newRunDir } from './configuration.ts';
export { type ContinuedSolution, continuedIn, continuedSolution } from './continued.ts';
export { critique } from './critique.ts';
export { datasetFromRun } from './dataset.ts';
export { evaluate } from './evaluate.ts';
export { policyNamed } from './grading.ts';
export type {
  CritiqueOptions,
  CritiqueSource,
  DatasetOptions,
  EvaluateOptions,
  PipelineOptions,
  PipelineProgress,
  PipelineResult,
  SampleOptions,
  SampleOutcome,
  WrittenDataset,
} from './options.ts';
export { sample } from './sample.ts';
