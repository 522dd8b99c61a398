/** `npm run nano`: trains the embedded model again, exports it and writes its report. */

import { pinnedNode } from './setup/node.mjs';
import { venvPython } from './setup/python.mjs';
import { root, run } from './setup/steps.mjs';
import { setup } from './setup.mjs';

await setup({ python: true });
await run(venvPython, ['scripts/nano/build.py', ...process.argv.slice(2)], {
  env: { ...process.env, REFLECTION_NODE: pinnedNode() },
  cwd: root,
});
