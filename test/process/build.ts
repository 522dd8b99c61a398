/** Builds what the tests start, once and before the first of them: two files never write one bundle. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export function setup(): void {
  if (process.env.REFLECTION_IS_BUILT !== undefined) return; // by `npm test`
  execFileSync(process.execPath, ['scripts/build.mjs', '--only', 'cli,inference,grading,comparison'], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    stdio: 'inherit',
  });
}
