/** Reading runs: state from events, standing reviews. */
export { type SettingDifference, settingDifferences } from './comparability.ts';
export { estimateRest, type ProbedSample, probeSize, type RunEstimate } from './estimate.ts';
export { headlineOf, progressOf } from './headline.ts';
export { nearNames } from './nearNames.ts';
export { median, recentPaces } from './pace.ts';
export { editedText, type ReviewDecision, type StandingReview, standingReviews } from './reviews.ts';
export {
  foldEvent,
  type MetricSeries,
  newRunFold,
  type RunAlarm,
  type RunCheckpoint,
  type RunFacts,
  type RunFold,
  type RunLog,
  type RunState,
  type RunStatus,
  runState,
  STALLED_AFTER_SECONDS,
  type StageEstimate,
  samplesAskedFor,
  sizeAskedFor,
  stateOf,
} from './state.ts';
export { type ReviewFile, type UndoLine, undoLines } from './undoReview.ts';
