/** What the command line says: results on stdout, everything else on stderr. The only place that writes to them. */
import { SingleBar as Bar, Presets, type SingleBar } from 'cli-progress';
import { clock } from '../core/clock.ts';
import { median, recentPaces } from '../core/runs/index.ts';

export interface Progress {
  /** `done` of `total` are finished; `note` says more, such as tokens a second. The total may have grown. */
  update(done: number, note?: string, total?: number): void;
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

const MARK_SECONDS = 0.5;
const MARKS_KEPT = 32;

/** A bar with rate and ETA on a terminal; a line every ten seconds elsewhere. */
function startBar(title: string, total: number, done: number): Progress {
  const bar: SingleBar = new Bar(
    {
      format: `${title.padEnd(24)} {bar} {value}/{total}  {rate}/s  ETA {left}  {note}`,
      formatValue: (value, _options, type) => (type === 'value' ? String(Math.round(value)) : String(value)),
      stream: process.stderr,
      hideCursor: true,
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
  // The library's own estimate is a mean, which one slow start or one long pause spoils.
  const marks: [number, number][] = [[began / 1000, done]];
  const left = (now: number): string => {
    const at = Date.now() / 1000;
    if (at - (marks.at(-1)?.[0] ?? 0) >= MARK_SECONDS) marks.push([at, now]);
    if (marks.length > MARKS_KEPT) marks.shift();
    const pace = median(recentPaces(marks));
    return pace === null ? '...' : clock(Math.max(0, pace * (bar.getTotal() - now)));
  };
  bar.start(total, done, { rate: '0.0', left: '...', note: '' });
  return {
    update: (now, note = '', all = bar.getTotal()) => {
      if (all !== bar.getTotal()) bar.setTotal(all);
      bar.update(now, { rate: rate(now), left: left(now), note });
    },
    stop: () => bar.stop(),
  };
}
