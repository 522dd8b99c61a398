import { useLayoutEffect, useRef } from 'preact/hooks';
import { themeColour } from '../shared/theme.ts';

export const ARM_HEIGHT = 18;
/** Widest and narrowest cell of a sample, in CSS pixels. */
const WIDEST = 14;
const NARROWEST = 6;
/** An arm is at most about this wide, until its cells are as narrow as they get. */
const ARM_WIDTH = 384;

/** Width of one sample where the longest arm has so many. */
export function cellWidth(samples: number): number {
  return Math.max(NARROWEST, Math.min(WIDEST, Math.floor(ARM_WIDTH / Math.max(1, samples))));
}

export interface ArmColours {
  readonly correct: string;
  readonly incorrect: string;
  readonly undetermined: string;
  readonly focus: string;
}

export function armColours(): ArmColours {
  return {
    correct: themeColour('--good', '#73c991'),
    incorrect: themeColour('--bad', '#f14c4c'),
    undetermined: themeColour('--vscode-descriptionForeground', '#888'),
    focus: themeColour('--vscode-focusBorder', '#007fd4'),
  };
}

/**
 * The samples of a problem in all runs: a disc is right, a ring is wrong, a dash is undetermined. One canvas a row: they
 * are what a scroll pays for.
 */
export function RowCanvas({
  arms,
  width,
  armWidth,
  colours,
  marked,
}: {
  arms: readonly (string | null)[];
  /** Of one sample. */
  width: number;
  /** Of one run, with the room for its count. */
  armWidth: number;
  colours: ArmColours;
  /** Position of the sample under the keyboard's cursor; null in other rows. */
  marked: number | null;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Before the next frame: the canvas still shows the row that had its place.
  useLayoutEffect(() => {
    const context = canvas.current === null ? null : prepared(canvas.current, arms.length * armWidth);
    if (context === null) return;
    for (const [run, letters] of arms.entries()) {
      if (letters === null) continue;
      context.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
      context.translate(run * armWidth, 0);
      drawArm(context, letters, width, colours, marked);
    }
  }, [arms, width, armWidth, colours, marked]);
  return <canvas ref={canvas} class="arms" />;
}

/** An empty canvas of the width; one that has it already keeps its memory. */
function prepared(canvas: HTMLCanvasElement, wide: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio;
  const [width, height] = [Math.ceil(wide * ratio), Math.ceil(ARM_HEIGHT * ratio)];
  const context = canvas.getContext('2d');
  if (canvas.width === width && canvas.height === height) {
    context?.resetTransform();
    context?.clearRect(0, 0, width, height);
    return context;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${wide}px`;
  canvas.style.height = `${ARM_HEIGHT}px`;
  return context;
}

function drawArm(
  context: CanvasRenderingContext2D,
  letters: string,
  width: number,
  colours: ArmColours,
  marked: number | null,
): void {
  const radius = Math.min(4.5, width / 2 - 0.8);
  context.fillStyle = colours.correct;
  circles(context, letters, 'c', width, radius);
  context.fill();
  context.strokeStyle = colours.incorrect;
  context.lineWidth = 1.2;
  circles(context, letters, 'i', width, radius - 0.5);
  context.stroke();
  drawDashes(context, letters, width, radius, colours.undetermined);
  if (marked === null || marked >= letters.length) return;
  context.strokeStyle = colours.focus;
  context.lineWidth = 1.5;
  context.strokeRect(marked * width + 0.5, 0.75, width - 1, ARM_HEIGHT - 1.5);
}

/** One path for all samples of a grade: a row of 64 is three calls to the painter, not 64. */
function circles(
  context: CanvasRenderingContext2D,
  letters: string,
  letter: 'c' | 'i',
  width: number,
  radius: number,
): void {
  context.beginPath();
  for (let at = 0; at < letters.length; at += 1) {
    if (letters[at] !== letter) continue;
    const middle = at * width + width / 2;
    context.moveTo(middle + radius, ARM_HEIGHT / 2);
    context.arc(middle, ARM_HEIGHT / 2, radius, 0, 2 * Math.PI);
  }
}

function drawDashes(
  context: CanvasRenderingContext2D,
  letters: string,
  width: number,
  radius: number,
  colour: string,
): void {
  context.fillStyle = colour;
  for (let at = 0; at < letters.length; at += 1) {
    if (letters[at] !== 'u') continue;
    context.fillRect(at * width + width / 2 - radius, ARM_HEIGHT / 2 - 1, 2 * radius, 2);
  }
}
