/**
 * `npm run soak -- trainer [KILLS]` kills the trainer, 100 times unless told, half of them inside a save.
 * `npm run soak [-- KILLS [SEED]]`: kills `reflection evaluate` and `reflection sample` at random moments, 1,000 times
 * unless told, and compares what is left with runs that were left alone. The same test as in `npm test`, for longer.
 */
import path from 'node:path';
import { node } from './setup/node.mjs';
import { root, run } from './setup/steps.mjs';

const [first, ...rest] = process.argv.slice(2);
if (first === 'trainer') await soakTrainer(rest[0] ?? '100');
else await soakRuns(first === undefined ? [] : [first, ...rest]);

async function soakTrainer(kills) {
  console.log(`${kills} kills of the trainer`);
  const test = path.join('scripts', 'trainer', 'tests', 'test_kills.py');
  const env = { ...process.env, REFLECTION_KILLS: kills };
  await run(path.join(root, '.venv', 'bin', 'python'), ['-m', 'pytest', '-q', '-s', test], {
    stdio: 'inherit',
    env,
  });
}

async function soakRuns(options) {
  await node(['scripts/build.mjs', '--only', 'cli,inference,grading'], { stdio: 'inherit' });
  await node(['test/process/pipeline/soak.ts', ...options], { stdio: 'inherit' });
}
