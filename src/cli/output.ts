/** What the command line says: results on stdout, everything else on stderr. The only place that writes to them. */
import { SingleBar as Bar, Presets, type SingleBar } from 'cli-progress';
import { clock } from '../core/clock.ts';
import { median, recentPaces } from '../core/runs/index.ts';
import { visibleText } from '../core/visibleText.ts';

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
  /** Texts while they grow, on stderr; what is said in between has a line of its own. */
  readonly growing: GrowingText;
}

export interface GrowingText {
  /**
   * The text so far of something with a name: what is new of it is printed. `start`: characters left out before it;
   * `about`: stands beside the name.
   */
  show(name: string, text: string, more?: { readonly start?: number; readonly about?: string }): void;
  /** Ends the line. */
  stop(): void;
}

const NO_PROGRESS: Progress = { update() {}, stop() {} };

export function createOutput(options: { json: boolean; quiet: boolean }): Output {
  const growing = growingText((text) => {
    if (!options.quiet) process.stderr.write(text);
  });
  const say = (line: string) => {
    growing.stop();
    process.stderr.write(`${safeText(line)}\n`);
  };
  const print = (value: unknown, text: string) =>
    process.stdout.write(`${options.json ? JSON.stringify(value) : safeText(text)}\n`);
  return {
    isJson: options.json,
    result: (value, text) => print(value, text.trimEnd()),
    row: print,
    note: (line) => {
      if (!options.quiet) say(line);
    },
    warn: (line) => say(`warning: ${line}`),
    progress: (title, total, done = 0) =>
      options.quiet || total === 0 ? NO_PROGRESS : startBar(title, total, done),
    growing,
  };
}

/** Names, answers and errors come from files and models: nothing of theirs moves the cursor. Lines of CSV end in CR LF. */
function safeText(text: string): string {
  return text.split('\r\n').map(visibleText).join('\r\n');
}

function growingText(write: (text: string) => void): GrowingText {
  /** What stands on the last line; and what stood there last, and how much of it. */
  let current: string | null = null;
  let last: string | null = null;
  let shown = 0;
  const stop = () => {
    if (current !== null) write('\n');
    current = null;
  };
  return {
    show: (name, text, { start = 0, about = '' } = {}) => {
      // A text may begin anew, where a stream broke and is asked for again.
      const goesOn = name === last && start + text.length >= shown;
      if (name !== current || !goesOn) {
        stop();
        write(`-- ${visibleText(name)}${goesOn ? ' goes on' : ''}${about}\n`);
        if (!goesOn) shown = start;
        current = name;
        last = name;
      }
      // Text of a model: what would move the cursor or ring the bell is shown by its name.
      write(visibleText(text.slice(Math.max(0, shown - start))));
      shown = start + text.length;
    },
    stop,
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
