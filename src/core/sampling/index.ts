/** Rejection sampling: seeds of samples, filters, mix, the records of each kind of dataset. */
export { buildOffline, type OfflineDataset, type OfflineInput } from './buildOffline.ts';
export { buildS2r, hasSameAnswer, type S2rDataset, type S2rInput, type S2rSummary } from './buildS2r.ts';
export {
  availableTypes,
  buildScft,
  type ScftDataset,
  type ScftInput,
  type ScftSummary,
} from './buildScft.ts';
export { buildSelfDistill, type SelfDistillDataset, type SelfDistillInput } from './buildSelfDistill.ts';
export { datasetText } from './datasetText.ts';
export {
  type Candidate,
  defaultFilters,
  FILTER_ORDER,
  type FilterName,
  type FilterOptions,
} from './filters.ts';
export { createHeldOut, type HeldOut } from './heldOut.ts';
export { largestSplit, type Mix, type MixCounts, shortfallOf, splitByMix } from './mix.ts';
export { critiquable, rightSolutionsInOrder } from './plan.ts';
export { readVerification, VERDICT_SENTENCE, type Verification } from './readVerification.ts';
export { type Rollout, readRollout } from './rollout.ts';
export { S2R_FILTER_ORDER, type S2rFilterOptions } from './s2rFilters.ts';
export { type Trials, trialsOf } from './s2rTrials.ts';
export { hash32, sampleSeed } from './seeds.ts';
export { readsBack, solveText, trajectoryText } from './trajectory.ts';
