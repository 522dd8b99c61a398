/** `--live`: the text that is being written, as it grows. */
import type { Command } from 'commander';
import type { PipelineProgress } from '../node/pipeline/index.ts';
import { readLiveText } from '../node/runs/index.ts';
import type { Context } from './context.ts';

export interface LiveOptions {
  readonly live?: boolean;
}

export function liveOption(command: Command): Command {
  return command.option(
    '--live',
    'instead of a bar: the text of one running sample after the other as it grows, also for watch --live (a server is asked for streams)',
  );
}

/** Takes the place of the bars while texts are shown. */
export function liveTexts({ output }: Context) {
  const { growing } = output;
  let about = '';
  return {
    show: ({ stage, done, total }: PipelineProgress) => {
      about = `  ${stage}: ${done} of ${total} are finished`;
    },
    onText: (id: string, text: string) => growing.show(id, text, { about }),
    stop: growing.stop,
  };
}

/** How often the file of a run that is followed is looked at. */
const LOOK_MS = 250;

/** Shows what another process writes in a run directory; the result ends it. */
export function followLiveText({ output }: Context, dir: string): () => void {
  const { growing } = output;
  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    const live = await readLiveText(dir);
    if (live !== null) growing.show(live.id, live.text, { start: live.start });
    isLooking = false;
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    growing.stop();
  };
}
