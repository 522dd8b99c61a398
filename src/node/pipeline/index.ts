/** Evaluate, critique, sample: each drives an engine and writes a run directory that can be resumed. */
export { newRunDir } from './configuration.ts';
export { type ContinuedSolution, continuedIn, continuedSolution } from './continued.ts';
export { critique } from './critique.ts';
export { datasetFromRun, readDatasetMeta } from './dataset.ts';
export { evaluate } from './evaluate.ts';
export { policyNamed } from './grading.ts';
export { type JudgeOptions, type JudgeOutcome, judge } from './judge.ts';
export type {
  Budget,
  CritiqueOptions,
  CritiqueSource,
  EvaluateOptions,
  PipelineOptions,
  PipelineProgress,
  PipelineResult,
} from './options.ts';
export { sample } from './sample.ts';
export { type SampleSettings, sampleSettingsSchema } from './sampleManifest.ts';
export type {
  Critic,
  DatasetFilters,
  DatasetOptions,
  SampleOptions,
  SampleOutcome,
  WrittenDataset,
} from './sampleOptions.ts';
