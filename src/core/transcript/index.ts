/** Read-only documents of solutions and critiques, and where the model's text stands in them. */
export { type OutlineNode, outlineOf } from './outline.ts';
export { createPositions, offsetAt, type Position, positionAt } from './positions.ts';
export { type GrowingSample, renderLiveText, type WatchedProgress } from './renderLiveText.ts';
export {
  renderCritique,
  renderTranscript,
  type Section,
  type Transcript,
  type TranscriptRun,
} from './renderTranscript.ts';
export { type SourceMap, toSolutionOffset, toTranscriptOffset, toTranscriptSpan } from './sourceMap.ts';
export { READ_AT_MOST, traceForReading } from './traceForReading.ts';
