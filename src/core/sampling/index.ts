/** Rejection sampling: seeds of samples, filters, mix, SCFT records. */
export {
  availableTypes,
  buildScft,
  type ScftDataset,
  type ScftInput,
  type ScftSummary,
} from './buildScft.ts';
export { datasetText } from './datasetText.ts';
export {
  type Candidate,
  defaultFilters,
  FILTER_ORDER,
  type FilterName,
  type FilterOptions,
} from './filters.ts';
export { largestSplit, type Mix, type MixCounts, shortfallOf, splitByMix } from './mix.ts';
export { critiquable, rightSolutionsInOrder } from './plan.ts';
export { hash32, sampleSeed } from './seeds.ts';
