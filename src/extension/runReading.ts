/** What reads run directories; loaded (`import()`) when there is a run to read. */
export {
  appendReview,
  isWriterAlive,
  readRun,
  readRunState,
  runNames,
  summariseRun,
  tailRun,
} from '../node/runs/index.ts';
