/** Run directories: create, append, read, list, follow, review. */
export { appendReview } from './appendReview.ts';
export { createRun, isRun, makeDirectory } from './createRun.ts';
export { diskError, errorCode, onDisk } from './diskErrors.ts';
export { hostFacts, workbenchFacts } from './facts.ts';
export type { LineFault } from './jsonLines.ts';
export { MANIFEST_FILE, newRunId, RUN_LINES, runsRoot } from './layout.ts';
export {
  listRuns,
  type RunListing,
  type RunSummary,
  readRunState,
  runNames,
  summariseRun,
} from './listRuns.ts';
export {
  type LiveText,
  type LiveTextWriter,
  openLiveText,
  readLiveText,
  removeLiveText,
} from './liveText.ts';
export { isProcessAlive, isWriterAlive, ownProcessStart } from './processAlive.ts';
export { newestById, type RunData, readManifest, readRun } from './readRun.ts';
export { resolveRun } from './resolveRun.ts';
export {
  type PartName,
  type ProblemTally,
  type RunPart,
  type RunTallies,
  readReviews,
  readRunPart,
  runTallies,
  talliesOf,
} from './runParts.ts';
export { type RunProgress, type RunRecorder, startRecorder } from './runRecorder.ts';
export { openRunWriter, type RunWriter, type WrittenLines } from './runWriter.ts';
export type { NoteOptions } from './sampleIndex/notes.ts';
export {
  type IndexedSample,
  openRunIndex,
  type RunIndex,
  type SampleFilter,
} from './sampleIndex/runIndex.ts';
export { type RunDelta, type TailOptions, tailRun } from './tailRun.ts';
