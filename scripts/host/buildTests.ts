import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from './paths.ts';

const OUT_DIR = path.join(projectRoot, 'dist/test/vscode');

/**
 * Bundles test/vscode to dist/test/vscode: the runner, and each *.test.ts by itself. Returns the runner's path.
 * The folder is emptied first, so a test that was deleted or renamed does not go on running.
 */
export async function buildTests(): Promise<string> {
  fs.rmSync(OUT_DIR, { recursive: true, force: true });
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['test/vscode/index.ts', 'test/vscode/**/*.test.ts'],
    outbase: 'test/vscode',
    outdir: OUT_DIR,
    outExtension: { '.js': '.cjs' }, // the package is of type "module", and the extension host wants CommonJS
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha', 'node-llama-cpp'],
    define: { 'import.meta.dirname': '__dirname', navigator: 'undefined' }, // as for the extension itself
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(OUT_DIR, 'index.cjs');
}
