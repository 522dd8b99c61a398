import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
/** The fonts are for the screenshots: without them every glyph is a box. */
const PACKAGES = ['chromium', 'fonts-dejavu-core', 'fonts-liberation'];

/** The browser that shows the workbench; installed from the distribution when missing and allowed. */
export function ensureChromium(log: (line: string) => void): string {
  const found = findChromium();
  if (found) return found;
  const install = `apt-get update && apt-get install -y --no-install-recommends ${PACKAGES.join(' ')}`;
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    log(`installing ${PACKAGES.join(', ')} with apt-get`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status, stderr } = spawnSync('sh', ['-c', install], { env, encoding: 'utf8' });
    const installed = findChromium();
    if (status === 0 && installed) return installed;
    throw new Error(`installing Chromium failed (exit ${status}): ${install}\n${stderr.slice(-1500)}`);
  }
  throw new Error(
    'The VS Code tests and `npm run workbench` need Chromium, and none was found. Install it:\n' +
      `  sudo sh -c '${install}'\n` +
      'or set REFLECTION_CHROMIUM to the executable of a Chromium or Chrome.',
  );
}

/** REFLECTION_CHROMIUM first, then the usual names on PATH. */
export function findChromium(): string | undefined {
  const named = process.env.REFLECTION_CHROMIUM;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`REFLECTION_CHROMIUM names ${named}, which is not an executable file.`);
  }
  for (const name of NAMES) {
    const file = onPath(name);
    if (file) return file;
  }
  return process.platform === 'darwin' && isExecutable(MAC_CHROME) ? MAC_CHROME : undefined;
}

function onPath(name: string): string | undefined {
  const dirs = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return dirs.map((dir) => path.join(dir, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
