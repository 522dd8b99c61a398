/** A problem set of any size, and the command line run on it with its greatest memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { chance } from '../unit/answers/rewrites/random.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');

/** Writes problems of 60 to 120 made-up words, each with an id, until the file has so many bytes; returns their number. */
export async function writeLargeSet(file: string, bytes: number, seed = 7): Promise<number> {
  const source = chance(seed);
  const words = Array.from({ length: 40_000 }, (_, i) => i.toString(36));
  const stream = createWriteStream(file);
  let written = 0;
  let rows = 0;
  while (written < bytes) {
    const problem = Array.from({ length: source.int(60, 120) }, () => source.pick(words)).join(' ');
    const solution = `${problem} so that the answer is what was asked for. `.repeat(2);
    const row = { id: `p${rows}`, problem, answer: String(source.int(0, 999)), solution };
    const line = `${JSON.stringify(row)}\n`;
    written += line.length;
    rows++;
    if (!stream.write(line)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
  return rows;
}

export interface Measured {
  readonly code: number | null;
  readonly seconds: number;
  /** Greatest resident memory of the process, as the system counts it. */
  readonly peakBytes: number;
  readonly stderr: string;
}

const TELL_PEAK = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\npeak '+process.resourceUsage().maxRSS+'\\n'))`;

/** Runs `reflection ARGS` from dist/, under further options of Node. */
export async function measureCommand(
  args: readonly string[],
  cwd: string,
  nodeOptions: readonly string[] = [],
): Promise<Measured> {
  const start = performance.now();
  const cli = path.join(ROOT, 'dist', 'cli.mjs');
  const child = spawn(process.execPath, [...nodeOptions, '--import', TELL_PEAK, cli, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-20_000);
  });
  const [code]: (number | null)[] = await once(child, 'close');
  const peak = /\npeak (\d+)\n/.exec(stderr)?.[1];
  return {
    code: code ?? null,
    seconds: (performance.now() - start) / 1000,
    peakBytes: peak === undefined ? Number.NaN : 1024 * Number(peak),
    stderr: stderr.replace(/\npeak \d+\n/, ''),
  };
}
