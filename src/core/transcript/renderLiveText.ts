import { visibleLine } from '../visibleText.ts';

/** The text of one sample as far as it is written. */
export interface GrowingSample {
  readonly id: string;
  /** Characters left out before `text`. */
  readonly start: number;
  readonly text: string;
}

/** A run that is watched. */
export interface WatchedProgress {
  readonly title: string;
  /** How far it is, in words. */
  readonly progress: string;
  readonly isOver: boolean;
}

/**
 * The document of a running run: what is being written now, under a line that says how far the run is. What a model
 * writes is shown as it is, and kept nowhere: the transcript is made from the finished sample.
 */
export function renderLiveText(run: WatchedProgress, sample: GrowingSample | null): string {
  const head = `${visibleLine(run.title, TITLE_CHARACTERS)} · ${run.progress}`;
  if (run.isOver)
    return `${head}\n\nNothing is being written any more. The samples stand in the Runs view.\n`;
  if (sample === null) return `${head}\n\nNothing is being written at the moment.\n`;
  const { id, start, text } = sample;
  const leftOut = start === 0 ? '' : `… ${start} characters before this\n`;
  return `${head}\n\n── ${visibleLine(id, TITLE_CHARACTERS)}, ${start + text.length} characters so far ──\n\n${leftOut}${text}\n`;
}

const TITLE_CHARACTERS = 200;
