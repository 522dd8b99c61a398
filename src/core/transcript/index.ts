/** Read-only documents of solutions and critiques, and where the model's text stands in them. */
export { createPositions, offsetAt, type Position, positionAt } from './positions.ts';
export { renderCritique, renderTranscript, type Transcript, type TranscriptRun } from './renderTranscript.ts';
export { type SourceMap, toSolutionOffset, toTranscriptOffset, toTranscriptSpan } from './sourceMap.ts';
