import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const PACKAGE_NAME = 'reflection-workbench';
const packageSchema = z.looseObject({ name: z.string() });

/**
 * The folder of the workbench's own package.json, with `media/` and `scripts/` beside it. Looked for upwards from this
 * module, so that it is found from the sources, from the bundles in `dist/` and in an installed extension.
 */
export function packageRoot(): string {
  cached ??= lookUpwards(import.meta.dirname);
  return cached;
}

let cached: string | null = null;

function lookUpwards(from: string): string {
  for (let dir = from; ; dir = path.dirname(dir)) {
    const file = path.join(dir, 'package.json');
    if (existsSync(file)) {
      const parsed = packageSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
      if (parsed.success && parsed.data.name === PACKAGE_NAME) return dir;
    }
    if (dir === path.dirname(dir)) throw new Error(`no package.json of ${PACKAGE_NAME} above ${from}`);
  }
}
