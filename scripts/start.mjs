/** `npm start`: sets everything up and runs the whole chain on the embedded model. */
import { setup } from './setup.mjs';
import { node } from './setup/node.mjs';

try {
  await setup({ python: true });
  await node(['dist/cli.mjs', 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
