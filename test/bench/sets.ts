/**
 * How much memory does a large problem set take?
 *
 *   npm run bench -- sets [--megabytes 1000]
 *
 * Imports and lints sets of a tenth of the size and of the whole size, each command in a process of its own. Aim: memory
 * that does not follow the size.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureCommand, writeLargeSet } from '../process/largeSet.ts';

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '1000' } } });
const megabytes = Number(values.megabytes);
const dir = await mkdtemp(path.join(os.tmpdir(), 'sets-bench-'));

try {
  console.log(`${'MB'.padStart(6)}${'problems'.padStart(10)}  command   seconds   peak memory`);
  for (const size of [megabytes / 10, megabytes]) {
    const file = path.join(dir, `large-${size}.jsonl`);
    const rows = await writeLargeSet(file, size * 1e6);
    for (const [name, ...args] of [
      ['import', file, '--dir', path.join(dir, 'imported')],
      ['lint', file],
    ]) {
      const { code, seconds, peakBytes, stderr } = await measureCommand([`${name}`, ...args], dir);
      if (code !== 0) throw new Error(`reflection ${name} ended with ${code}: ${stderr.slice(-500)}`);
      const cells = [String(size).padStart(6), String(rows).padStart(10), `  ${`${name}`.padEnd(8)}`];
      console.log(
        `${cells.join('')}${seconds.toFixed(1).padStart(9)}${(peakBytes / 1e6).toFixed(0).padStart(11)} MB`,
      );
    }
    await rm(path.join(dir, 'imported'), { recursive: true, force: true });
    await rm(file);
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
