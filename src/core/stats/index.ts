/** Whether a difference is noise: intervals, paired tests and the verdict in words (spec part C). */
export {
  type BootstrapOptions,
  bootstrapInterval,
  bootstrapValues,
  DEFAULT_DRAWS,
  DEFAULT_LEVEL,
  type Interval,
  pairedBootstrapInterval,
  type ValueOf,
} from './bootstrap.ts';
export { type CompareOptions, compareRuns, type RunToCompare, summarizeRun } from './compare.ts';
export { holm } from './holm.ts';
export {
  type DifferenceVerdict,
  type PairedDifference,
  type PairedOptions,
  pairedDifference,
} from './paired.ts';
export { type Random, seededRandom } from './random.ts';
export { signFlipTest } from './signFlip.ts';
export { formatDifference, formatP, formatSigned, formatValue } from './words.ts';
