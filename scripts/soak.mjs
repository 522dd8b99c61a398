/**
 * `npm run soak [-- KILLS [SEED]]`: kills `reflection evaluate` and `reflection sample` at random moments, 1,000 times
 * unless told, and compares what is left with runs that were left alone. The same test as in `npm test`, for longer.
 */
import { node } from './setup/node.mjs';

const [kills = '1000', seed = String(Date.now() % 1e9)] = process.argv.slice(2);
console.log(`${kills} kills, seed ${seed}`);
await node(['scripts/build.mjs', '--only', 'cli,inference,grading'], { stdio: 'inherit' });
await node(
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'process', 'test/process/pipeline/kill.test.ts'],
  { stdio: 'inherit', env: { ...process.env, REFLECTION_KILLS: kills, REFLECTION_KILL_SEED: seed } },
);
