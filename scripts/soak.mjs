/**
 * `npm run soak -- trainer [KILLS]` kills the trainer, 100 times unless told, half of them inside a save.
 * `npm run soak [-- KILLS [SEED]]`: kills `reflection evaluate` and `reflection sample` at random moments, 1,000 times
 * unless told, and compares what is left with runs that were left alone. The same test as in `npm test`, for longer.
 */
import path from 'node:path';
import { node } from './setup/node.mjs';
import { root, run } from './setup/steps.mjs';

const [first, second] = process.argv.slice(2);
if (first === 'trainer') await soakTrainer(second ?? '100');
else await soakRuns(first ?? '1000', second ?? String(Date.now() % 1e9));

async function soakTrainer(kills) {
  console.log(`${kills} kills of the trainer`);
  const test = path.join('scripts', 'trainer', 'tests', 'test_kills.py');
  const env = { ...process.env, REFLECTION_KILLS: kills };
  await run(path.join(root, '.venv', 'bin', 'python'), ['-m', 'pytest', '-q', test], {
    stdio: 'inherit',
    env,
  });
}

async function soakRuns(kills, seed) {
  console.log(`${kills} kills, seed ${seed}`);
  await node(['scripts/build.mjs', '--only', 'cli,inference,grading'], { stdio: 'inherit' });
  await node(
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'process', 'test/process/pipeline/kill.test.ts'],
    { stdio: 'inherit', env: { ...process.env, REFLECTION_KILLS: kills, REFLECTION_KILL_SEED: seed } },
  );
}
