/** What reads run directories; loaded (`import()`) when there is a run to read. */
export {
  appendReview,
  isWriterAlive,
  readLiveText,
  readReviews,
  readRun,
  readRunState,
  runNames,
  summariseRun,
  tailRun,
  talliesOf,
} from '../node/runs/index.ts';
