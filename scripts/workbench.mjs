/** `npm run workbench [FOLDER]`: opens the embedded VS Code with the extension on the demo workspace. */

import { node } from './setup/node.mjs';
import { setup } from './setup.mjs';

try {
  await setup({ python: true, host: true });
  await node(['scripts/host/workbench.ts', ...process.argv.slice(2)], { stdio: 'inherit' });
} catch (error) {
  // A program that ended with a code has said why itself.
  if (error.code === undefined) console.error(error.message);
  process.exitCode = 1;
}
