/**
 * `npm run experiments [-- --seeds 1 2] [--only rlerr prl] [--estimate]`: trains the embedded model with every
 * method, over three seeds, and writes docs/training-experiments.*. What is done is kept in .reflection/experiments:
 * stopped (Ctrl-C) and started again it goes on. `--help` tells more.
 */

import { spawn } from 'node:child_process';
import path from 'node:path';
import { venvPython } from './setup/python.mjs';
import { root } from './setup/steps.mjs';
import { setup } from './setup.mjs';

await setup({ python: true });
const work = path.join('.reflection', 'experiments');
const child = spawn(
  venvPython,
  ['-m', 'nano.experiments', '--work', work, '--out', 'docs', ...process.argv.slice(2)],
  {
    env: { ...process.env, PYTHONPATH: ['scripts', 'scripts/trainer'].join(path.delimiter) },
    cwd: root,
    stdio: 'inherit',
  },
);
// The training writes a checkpoint before it ends: wait for it. A terminal sends Ctrl-C to both of us.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
