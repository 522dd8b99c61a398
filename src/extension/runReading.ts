/**
 * What reads run directories; loaded (`import()`) when there is a run to read. From its own files: what writes runs would
 * come along with the index of the folder.
 */
export { appendReview } from '../node/runs/appendReview.ts';
export { readRunState, runNames, summariseRun } from '../node/runs/listRuns.ts';
export { readLiveText } from '../node/runs/liveText.ts';
export { isWriterAlive } from '../node/runs/processAlive.ts';
export { readRun } from '../node/runs/readRun.ts';
export { readReviews, talliesOf } from '../node/runs/runParts.ts';
export { tailRun } from '../node/runs/tailRun.ts';
