/**
 * How long does linting a large set take, and how much memory?
 *
 *   npm run bench -- lint [--rows 50000]
 *
 * Made-up statements of 60 to 120 words, one in a hundred a copy with one word changed. Aim: 50,000 rows in 30 s.
 */

import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { lintSets } from '../../src/node/problems/lintSets.ts';
import { chance } from '../unit/answers/rewrites/random.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '50000' } } });
const rows = Number(values.rows);
const dir = await mkdtemp(path.join(os.tmpdir(), 'lint-bench-'));
const file = path.join(dir, 'large.jsonl');

async function write(): Promise<number> {
  const source = chance(7);
  const stream = createWriteStream(file);
  const recent: string[] = [];
  let planted = 0;
  for (let i = 0; i < rows; i++) {
    const copy = recent.length > 0 && source.int(1, 100) === 1;
    const words = copy
      ? source.pick(recent).split(' ')
      : Array.from({ length: source.int(60, 120) }, () => source.int(0, 40_000).toString(36));
    if (copy) {
      words[source.int(0, words.length - 1)] = 'changed';
      planted++;
    }
    const problem = words.join(' ');
    if (recent.length < 1000) recent.push(problem);
    if (!stream.write(`${JSON.stringify({ problem, answer: String(source.int(0, 999)) })}\n`))
      await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
  return planted;
}

try {
  const planted = await write();
  const start = performance.now();
  const { problems, rules } = await lintSets([file], () => {});
  const seconds = (performance.now() - start) / 1000;
  const found = rules['near-duplicate'] ?? 0;
  console.log(
    `${problems} rows in ${seconds.toFixed(1)} s (aim for 50,000: 30 s), ${Math.round(problems / seconds)} a second`,
  );
  console.log(`${found} near duplicates found, ${planted} planted`);
  console.log(`${Math.round(process.memoryUsage().heapUsed / 1e6)} MB of heap in use at the end`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
