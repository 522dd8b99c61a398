/**
 * Sets the project up on a machine that has only Node 20 (or newer), npm and Python 3.11 (or newer).
 * Depends on nothing, because it installs what everything else depends on. Every step is skipped when its
 * stamp says that it is up to date, so that calling it costs milliseconds.
 *
 *   node scripts/setup.mjs [--python] [--host] [--all]
 */
import { pathToFileURL } from 'node:url';
import { ensurePackages, node } from './setup/node.mjs';
import { ensurePython } from './setup/python.mjs';

/** @param {{ python?: boolean, host?: boolean }} parts what is needed besides the packages and the build */
export async function setup(parts = {}) {
  await ensurePackages();
  await node(['scripts/build.mjs']);
  if (parts.python) await ensurePython();
  if (parts.host) await node(['scripts/host/install.ts']);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const asked = (flag) => process.argv.includes(flag) || process.argv.includes('--all');
  try {
    await setup({ python: asked('--python'), host: asked('--host') });
  } catch (error) {
    console.error(`\nSetting up failed: ${error.message}`);
    process.exitCode = 1;
  }
}
