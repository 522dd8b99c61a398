/**
 * llama.cpp picks the CPU kernels with the widest instructions that the machine has. Those for AVX-512 take rows 64 numbers at
 * a time, and what is left of a row one by one: attention heads of 32 numbers, as tiny models have them, are all left over.
 * With the kernels for AVX2 the embedded model took 0.4 of the time for each token. Nothing lets one choose, but kernels
 * that are not there cannot be picked: the bindings are shown a folder that lacks the wide ones.
 */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import * as modules from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** In the environment of an inference process. */
export const NARROW_KERNELS = 'REFLECTION_NARROW_KERNELS';

/** The packages of other systems are left alone: there it was not measured. */
const PACKAGE = '@node-llama-cpp/linux-x64';
const WIDE = /^libggml-cpu-(?:skylakex|cannonlake|cascadelake|cooperlake|icelake|zen4|sapphirerapids)\.so$/;

let isNarrow = false;

/** Whether the bindings were shown that folder: not on every system, and not by every Node. */
export function hasNarrowKernels(): boolean {
  return isNarrow;
}

/** To be called before the bindings are loaded. `folder` is this process's own. */
export function useNarrowKernels(folder: string): void {
  // Older runtimes of editors do not have it: then llama.cpp picks.
  if (typeof modules.registerHooks !== 'function') return;
  modules.registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      if (specifier !== PACKAGE) return found;
      try {
        const url = narrowPackage(found.url, path.join(folder, 'kernels'));
        isNarrow = true;
        return { ...found, url };
      } catch {
        return found;
      }
    },
  });
}

/** A module like that of the package, for a folder of links to what is left of its files. */
function narrowPackage(packageUrl: string, folder: string): string {
  const bins = path.join(path.dirname(fileURLToPath(packageUrl)), '..', 'bins');
  for (const name of readdirSync(bins)) {
    mkdirSync(path.join(folder, name), { recursive: true });
    for (const file of readdirSync(path.join(bins, name))) {
      if (!WIDE.test(file)) symlinkSync(path.join(bins, name, file), path.join(folder, name, file));
    }
  }
  const module = path.join(folder, 'index.mjs');
  writeFileSync(
    module,
    `import { getBinsDir as whole } from ${JSON.stringify(packageUrl)};\n` +
      `export const getBinsDir = () => ({ ...whole(), binsDir: ${JSON.stringify(folder)} });\n`,
  );
  return pathToFileURL(module).href;
}
