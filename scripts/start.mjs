/** `npm start`: sets everything up and runs the whole chain on the embedded model. */

import { node } from './setup/node.mjs';
import { setup } from './setup.mjs';

try {
  await setup({ python: true });
  await node(['dist/cli.mjs', 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
