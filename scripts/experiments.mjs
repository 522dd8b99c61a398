/** `npm run experiments`: trains the embedded model with every method, over three seeds, and writes docs/. */

import path from 'node:path';
import { venvPython } from './setup/python.mjs';
import { root, run } from './setup/steps.mjs';
import { setup } from './setup.mjs';

await setup({ python: true });
const work = path.join(root, '.reflection', 'experiments');
const options = ['--work', work, '--out', path.join(root, 'docs'), ...process.argv.slice(2)];
await run(venvPython, ['-m', 'nano.experiments', ...options], {
  env: { ...process.env, PYTHONPATH: ['scripts', 'scripts/trainer'].join(path.delimiter) },
  cwd: root,
});
