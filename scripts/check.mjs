/** Types, lint, format, and that the generated files are current. */
import { node } from './setup/node.mjs';

const CHECKS = {
  types: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  'types of the panels': ['node_modules/typescript/bin/tsc', '-p', 'webview/tsconfig.json'],
  lint: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  'generated files': ['scripts/generate.ts', '--check'],
};

/** Runs every check, also after one has failed. */
export async function check() {
  const failed = [];
  for (const [name, args] of Object.entries(CHECKS)) {
    try {
      await node(args);
    } catch {
      failed.push(name);
    }
  }
  return { passed: Object.keys(CHECKS).length - failed.length, failed };
}

if (process.argv[1]?.endsWith('check.mjs')) {
  const { failed } = await check();
  if (failed.length > 0) {
    console.error(`failed: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
}
