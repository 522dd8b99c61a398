/** `npm run screenshots [-- SCENARIO ...]`: every screen in light, dark and high contrast, into dist/screenshots. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { node } from './setup/node.mjs';
import { root } from './setup/steps.mjs';
import { setup } from './setup.mjs';

/** The scenarios that go through the themes; one name or more on the command line choose among them. */
const SCENARIOS = ['firstLook', 'problems', 'trees', 'screens', 'review', 'compare', 'results', 'panels'];
const folder = path.join(root, 'dist', 'screenshots');

await setup({ python: false, host: true });
await node(['scripts/build.mjs']);
const chosen = process.argv.slice(2);
if (chosen.length === 0) rmSync(folder, { recursive: true, force: true });
try {
  await node(['scripts/host/runWorkbench.ts', ...(chosen.length > 0 ? chosen : SCENARIOS)], {
    stdio: 'inherit',
  });
} catch {
  process.exitCode = 1;
}
console.log(
  readdirSync(folder)
    .map((name) => path.join('dist', 'screenshots', name))
    .join('\n'),
);
