import type { Span } from '../schema/common.ts';

/** Where the solution stands in the transcript: in one piece and unchanged, so that one number says all. */
export interface SourceMap {
  /** Range of the solution's text in the transcript. */
  readonly solution: Span;
}

/** Offset in the transcript of an offset in the solution. */
export function toTranscriptOffset(map: SourceMap, solutionOffset: number): number {
  const [start, end] = map.solution;
  return Math.min(end, start + Math.max(0, solutionOffset));
}

/** Offset in the solution of an offset in the transcript; null outside the solution. Its end counts as inside. */
export function toSolutionOffset(map: SourceMap, transcriptOffset: number): number | null {
  const [start, end] = map.solution;
  return transcriptOffset < start || transcriptOffset > end ? null : transcriptOffset - start;
}

/** A finding's span in the transcript. */
export function toTranscriptSpan(map: SourceMap, [start, end]: Span): Span {
  return [toTranscriptOffset(map, start), toTranscriptOffset(map, end)];
}
