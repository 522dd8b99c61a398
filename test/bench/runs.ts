/**
 * `npm run bench -- runs [SAMPLES ...]`: opening runs of 10^4, 10^5 and 10^6 samples (the last over 1 GB), and following a
 * run while it is written. Reading with JSON.parse and indexing take turns, each in a process of its own, as when a run is
 * opened: what the engine first compiles is part of both. The best of three counts: other work on the machine only ever
 * adds time. The smallest run is read whole and has no index.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isLargeRun } from '../../src/node/comparison/runSummary.ts';
import { openRunIndex, tailRun } from '../../src/node/runs/index.ts';
import { solutionAt, writeLargeRun } from '../process/runs/largeRun.ts';

const N = 16;
const CLI = path.resolve(import.meta.dirname, '../../dist/cli.mjs');
const say = (line: string) => process.stdout.write(`${line}\n`);

const [part, measuredDir = ''] = process.argv.slice(2);
if (part === 'parse' || part === 'index') {
  const work =
    part === 'parse' ? () => parseAll(path.join(measuredDir, 'solutions.jsonl')) : () => index(measuredDir);
  await settled();
  say(String(await seconds(work)));
  process.exit();
}

const sizes = process.argv.slice(2).map(Number);
const root = await mkdtemp(path.join(os.tmpdir(), 'reflection-bench-'));
try {
  say('samples        MB   JSON.parse      index   index/JSON   first screen   memory   the first time');
  for (const samples of sizes.length > 0 ? sizes : [1e4, 1e5, 1e6]) await benchOpening(samples);
  say('');
  await benchFollowing();
} finally {
  await rm(root, { recursive: true, force: true });
}

async function benchOpening(samples: number): Promise<void> {
  const dir = path.join(root, `run-${samples}`);
  await writeLargeRun(dir, { problems: samples / N, n: N });
  const file = path.join(dir, 'solutions.jsonl');
  const parsing: number[] = [];
  const indexing: number[] = [];
  const isIndexed = await isLargeRun(dir);
  for (let turn = 0; turn < 3; turn += 1) {
    const cache = path.join(root, `cache-${samples}-${turn}`);
    parsing.push(await inOwnProcess('parse', dir, cache));
    if (isIndexed) indexing.push(await inOwnProcess('index', dir, cache));
  }
  const [parse, fill] = [Math.min(...parsing), Math.min(...indexing)];
  const cold = await show(dir, path.join(root, `cache-cold-${samples}`));
  const warm: Screen[] = [];
  for (let turn = 0; turn < 3; turn += 1)
    warm.push(await show(dir, path.join(root, `cache-cold-${samples}`)));
  const best = warm.reduce((a, b) => (a.seconds < b.seconds ? a : b));
  say(
    [
      String(samples).padStart(7),
      (statSync(file).size / 1e6).toFixed(0).padStart(9),
      `${parse.toFixed(2)} s`.padStart(12),
      (isIndexed ? `${fill.toFixed(2)} s` : 'none').padStart(10),
      (isIndexed ? (fill / parse).toFixed(2) : '').padStart(12),
      `${best.seconds.toFixed(2)} s`.padStart(14),
      `${best.megabytes.toFixed(0)} MB`.padStart(8),
      `${cold.seconds.toFixed(1)} s`.padStart(16),
    ].join(' '),
  );
  await rm(dir, { recursive: true });
}

async function inOwnProcess(part: 'parse' | 'index', dir: string, cache: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, part, dir], {
    env: { ...process.env, REFLECTION_CACHE_DIR: cache },
  });
  return Number(stdout);
}

/** CPU time of this process: what the work takes, whatever else the machine does. */
async function seconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return spentSince(before);
}

function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Node goes on compiling in the background what read this file's TypeScript: some 20 ms that are no part of the work. */
async function settled(): Promise<void> {
  for (let spent = 1; spent > 0.001; ) {
    const before = process.cpuUsage();
    await setTimeout(100);
    spent = spentSince(before);
  }
}

/** The least that any reader of the lines has to do. */
function parseAll(file: string): number {
  const handle = openSync(file, 'r');
  // Larger ones are slower: fresh memory costs more than reading a file does.
  let buffer = Buffer.allocUnsafe(1 << 20);
  let [kept, position, tokens] = [0, 0, 0];
  for (;;) {
    const count = readSync(handle, buffer, kept, buffer.length - kept, position);
    if (count === 0) break;
    position += count;
    const filled = kept + count;
    let start = 0;
    for (let end = buffer.indexOf(0x0a); end >= 0 && end < filled; end = buffer.indexOf(0x0a, start)) {
      const row: { tokens: number } = JSON.parse(buffer.toString('utf8', start, end));
      tokens += row.tokens;
      start = end + 1;
    }
    kept = filled - start;
    if (kept === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    else buffer.copyWithin(0, start, filled);
  }
  closeSync(handle);
  return tokens;
}

async function index(dir: string): Promise<void> {
  const opened = await openRunIndex(dir);
  if (opened === null) throw new Error('this Node has no SQLite');
  opened.close();
}

interface Screen {
  readonly seconds: number;
  readonly megabytes: number;
}

/** `reflection show` as a process of its own: wall time to its end, and the most memory that it held. */
async function show(dir: string, cache: string): Promise<Screen> {
  const began = performance.now();
  const probe = `process.on('exit',()=>process.stderr.write('\\nPEAK '+process.resourceUsage().maxRSS))`;
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(probe)}`, CLI, 'show', dir],
    { env: { ...process.env, REFLECTION_CACHE_DIR: cache } },
  );
  const kilobytes = Number(/PEAK (\d+)/.exec(stderr)?.[1]);
  return { seconds: (performance.now() - began) / 1000, megabytes: kilobytes / 1024 };
}

/** Lines a second that the reader of live runs keeps up with. */
async function benchFollowing(): Promise<void> {
  const dir = path.join(root, 'followed');
  await writeLargeRun(dir, { problems: 1, n: 1 });
  const file = path.join(dir, 'solutions.jsonl');
  const stop = new AbortController();
  // The reader's own pauses do not keep a process alive.
  const awake = setInterval(() => undefined, 1000);
  const text = 'x'.repeat(1000);
  const LINES = 20_000;
  const began = performance.now();
  const writing = (async () => {
    for (let at = 0; at < LINES; at += 20) {
      const lines = Array.from({ length: 20 }, (_, i) => `${JSON.stringify(solutionAt(1, at + i, text))}\n`);
      appendFileSync(file, lines.join(''));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return (performance.now() - began) / 1000;
  })();
  let seen = -1;
  for await (const delta of tailRun(dir, { signal: stop.signal, pollMs: 100 })) {
    seen += delta.solutions.length;
    if (seen >= LINES) stop.abort();
  }
  const all = (performance.now() - began) / 1000;
  clearInterval(awake);
  const wrote = await writing;
  say(
    `following: ${LINES} lines written in ${wrote.toFixed(1)} s (${(LINES / wrote).toFixed(0)} lines/s), the last one seen ${(all - wrote).toFixed(2)} s later`,
  );
}
