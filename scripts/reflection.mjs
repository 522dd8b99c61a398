/** `npm run reflection -- ARGS`: the command line from a checkout. */

import { node } from './setup/node.mjs';
import { setup } from './setup.mjs';

try {
  await setup();
  await node(['dist/cli.mjs', ...process.argv.slice(2)], { stdio: 'inherit' });
} catch {
  // The command has said what is wrong.
  process.exitCode = 1;
}
