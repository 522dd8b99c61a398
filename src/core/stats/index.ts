/** Whether a difference is noise: intervals, paired tests and the verdict in words (spec part C). */
export {
  type BootstrapOptions,
  bcaTails,
  bootstrapInterval,
  bootstrapValues,
  DEFAULT_DRAWS,
  DEFAULT_LEVEL,
  expandedTails,
  type Interval,
  type IntervalMethod,
  jackknifeValues,
  pairedBootstrapInterval,
  type ValueOf,
} from './bootstrap.ts';
export { boundaryInterval } from './boundary.ts';
export {
  type CompareOptions,
  collectRun,
  compareRuns,
  compareWithBaseline,
  type RunCollector,
  type RunToCompare,
  summarizeBy,
  summarizeRun,
} from './compare.ts';
export { ratioDifferenceStandardError, ratioStandardError } from './deltaMethod.ts';
export { hierarchicalInterval, type SeededArm } from './hierarchical.ts';
export { holm } from './holm.ts';
export { mcnemarExact } from './mcnemar.ts';
export { normalCdf, normalQuantile } from './normal.ts';
export {
  type DifferenceVerdict,
  type PairedDifference,
  type PairedOptions,
  pairedDifference,
} from './paired.ts';
export { minimalDetectableEffect, problemsToTell, samplesToTell } from './power.ts';
export { mean, quantile, standardDeviation } from './quantile.ts';
export { type Random, seededRandom } from './random.ts';
export {
  DEFAULT_SETTLED,
  isSettled,
  type SettledRule,
  samplesToHave,
  type UnbiasedPass,
  unbiasedPassAt1,
  unbiasedRate,
} from './settled.ts';
export { signFlipTest } from './signFlip.ts';
export { type Stratum, stratifiedDifference, stratifiedInterval } from './stratified.ts';
export { studentCdf, studentQuantile } from './student.ts';
export { runToRun, type SampleCount, totalVariance, withinVariance } from './variance.ts';
export { formatDifference, formatP, formatSigned, formatValue } from './words.ts';
