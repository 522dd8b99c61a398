/** `npm test [-- SUITE ...]`: sets up what the suites need and runs them under the pinned Node. */

import { node } from './setup/node.mjs';
import { setup } from './setup.mjs';

const names = process.argv.slice(2);
const needs = (...suites) => names.length === 0 || suites.some((suite) => names.includes(suite));
try {
  await setup({ python: needs('process', 'python', 'workbench'), host: needs('vscode', 'workbench') });
  await node(['scripts/test/suites.mjs', ...names]);
} catch (error) {
  // A failing suite has already been told; anything else has not.
  if (error.code === undefined) console.error(error.message);
  process.exitCode = 1;
}
