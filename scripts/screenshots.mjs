/** `npm run screenshots`: every screen in light, dark and high contrast, into dist/screenshots. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { node } from './setup/node.mjs';
import { root } from './setup/steps.mjs';
import { setup } from './setup.mjs';

/** The scenarios that go through the themes. */
const SCENARIOS = ['screens', 'compare', 'panels'];
const folder = path.join(root, 'dist', 'screenshots');

await setup({ python: false, host: true });
await node(['scripts/build.mjs']);
rmSync(folder, { recursive: true, force: true });
try {
  await node(['scripts/host/runWorkbench.ts', ...SCENARIOS], { stdio: 'inherit' });
} catch {
  process.exitCode = 1;
}
console.log(
  readdirSync(folder)
    .map((name) => path.join('dist', 'screenshots', name))
    .join('\n'),
);
