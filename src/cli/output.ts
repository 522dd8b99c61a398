/** What the command line says: results on stdout, everything else on stderr. The only place that writes to them. */
import { SingleBar as Bar, Presets, type SingleBar } from 'cli-progress';
import { clock } from '../core/clock.ts';

export interface Progress {
  /** `done` of `total` are finished; `note` says more, such as tokens a second. */
  update(done: number, note?: string): void;
  /** Leaves the bar where it is. */
  stop(): void;
}

export interface Output {
  readonly isJson: boolean;
  /** The result: one JSON value with `--json`, else the text for people. */
  result(value: unknown, text: string): void;
  /** One of many results: a JSON object a line with `--json`, else a line for people. */
  row(value: unknown, text: string): void;
  /** One line for people, left out with `--quiet`. */
  note(line: string): void;
  warn(line: string): void;
  progress(title: string, total: number, done?: number): Progress;
}

const NO_PROGRESS: Progress = { update() {}, stop() {} };

export function createOutput(options: { json: boolean; quiet: boolean }): Output {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  return {
    isJson: options.json,
    result: (value, text) =>
      process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : `${text.trimEnd()}\n`),
    row: (value, text) => process.stdout.write(`${options.json ? JSON.stringify(value) : text}\n`),
    note: (line) => {
      if (!options.quiet) say(line);
    },
    warn: (line) => say(`warning: ${line}`),
    progress: (title, total, done = 0) =>
      options.quiet || total === 0 ? NO_PROGRESS : startBar(title, total, done),
  };
}

/** A bar with rate and ETA on a terminal; a line every ten seconds elsewhere. */
function startBar(title: string, total: number, done: number): Progress {
  const bar: SingleBar = new Bar(
    {
      format: `${title.padEnd(24)} {bar} {value}/{total}  {rate}/s  ETA {eta_formatted}  {note}`,
      formatValue: (value, _options, type) => (type === 'value' ? String(Math.round(value)) : String(value)),
      // Before there is a pace the library's own estimate is infinite.
      formatTime: (seconds) => (Number.isFinite(Number(seconds)) ? clock(Number(seconds)) : '...'),
      stream: process.stderr,
      hideCursor: true,
      etaBuffer: 40,
      fps: 5,
      barsize: 24,
      noTTYOutput: true,
      notTTYSchedule: 10_000,
      emptyOnZero: true,
    },
    Presets.shades_grey,
  );
  const began = Date.now();
  const rate = (now: number) => ((now - done) / Math.max(0.001, (Date.now() - began) / 1000)).toFixed(1);
  bar.start(total, done, { rate: '0.0', note: '' });
  return {
    update: (now, note = '') => bar.update(now, { rate: rate(now), note }),
    stop: () => bar.stop(),
  };
}
