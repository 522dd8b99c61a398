/**
 * `npm run package`: a VSIX for one platform, `dist/reflection-workbench-linux-x64-VERSION.vsix`. What goes in is listed
 * here, file by file or folder by folder; everything else stays out, so that nothing has to be remembered to be left out.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createVSIX, listFiles } from '@vscode/vsce';
import { node } from './setup/node.mjs';
import { root } from './setup/steps.mjs';

const TARGET = 'linux-x64';
const stage = path.join(root, 'dist', 'package');

/** Files and folders of the repository that an installed extension needs. */
const CONTENT = [
  'l10n',
  'LICENSE',
  'README.md',
  'dist/cli.mjs',
  'dist/comparison.mjs',
  'dist/extension/',
  'dist/extension.cjs',
  'dist/grading.mjs',
  'dist/inference.mjs',
  'dist/webview',
  'media',
  'package.nls.json',
  'scripts/trainer/configs',
  'scripts/trainer/pyproject.toml',
  'scripts/trainer/reflection_trainer',
  'scripts/trainer/requirements.txt',
];
/** The only dependency that is not bundled, because it has native parts; and the binaries of this platform. */
const NATIVE = ['node-llama-cpp', `@node-llama-cpp/${TARGET}`];
/** Left out of what is copied: maps, caches, and the sources that llama.cpp would be compiled from. */
const LEFT_OUT = /\.map$|__pycache__|\.pyc$|\/gitRelease\.bundle$|\/\.bin(\/|$)/;
/** Fields of package.json that mean something to VS Code. */
const FIELDS = [
  ...['name', 'displayName', 'description', 'version', 'publisher', 'license', 'categories', 'keywords'],
  ...['type', 'main', 'bin', 'extensionKind', 'capabilities', 'activationEvents', 'contributes', 'l10n'],
];
/** No file of a package may have such a name. */
const FORBIDDEN =
  /(^|\/)(test|tests|\.git|\.venv|\.reflection|\.env[^/]*|\.npmrc|src)(\/|$)|\.test\.|\.tgz$|\.pem$|id_rsa/;

const TEXT = /\.(js|mjs|cjs|json|jsonl|md|py|toml|txt|css|yaml)$/;
const SECRET = new RegExp(
  [
    '-----BEGIN [A-Z ]*PRIVATE KEY',
    '\\b(hf|ghp|sk)[_-][A-Za-z0-9]{30,}',
    root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  ].join('|'),
);

export async function packageExtension() {
  await node(['scripts/build.mjs', '--fresh']);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  for (const name of CONTENT) copy(name);
  const closure = nativeClosure();
  for (const folder of closure) copy(folder);
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  writeFileSync(path.join(stage, 'package.json'), JSON.stringify(stagedManifest(manifest), null, 2));
  const file = path.join(root, 'dist', `reflection-workbench-${TARGET}-${manifest.version}.vsix`);
  rmSync(file, { force: true });
  await createVSIX({
    cwd: stage,
    packagePath: file,
    target: TARGET,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  const files = await listFiles({ cwd: stage });
  const own = files.filter((name) => !name.startsWith('node_modules/'));
  const forbidden = own.filter((name) => FORBIDDEN.test(name));
  if (forbidden.length > 0) throw new Error(`the package holds what it must not: ${forbidden.join(', ')}`);
  const missing = [...CONTENT, ...closure].filter((name) => !files.some((one) => one.startsWith(name)));
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(', ')}`);
  const told = own.filter(
    (name) => TEXT.test(name) && SECRET.test(readFileSync(path.join(stage, name), 'utf8')),
  );
  if (told.length > 0)
    throw new Error(`the package tells a secret or a path of this machine: ${told.join(', ')}`);
  return { file, files, own };
}

function copy(name) {
  const from = path.join(root, name);
  if (!existsSync(from)) throw new Error(`${name} is not there: run "npm run build" first`);
  cpSync(from, path.join(stage, name), { recursive: true, filter: (source) => !LEFT_OUT.test(source) });
}

function stagedManifest(manifest) {
  const kept = Object.fromEntries(
    FIELDS.flatMap((name) => (name in manifest ? [[name, manifest[name]]] : [])),
  );
  const dependencies = Object.fromEntries(
    NATIVE.map((name) => [name, packageOf(`node_modules/${name}`).version]),
  );
  return { ...kept, engines: { vscode: manifest.engines.vscode }, dependencies };
}

/** Folders of the native dependency and of all that it needs, nested ones with their owners. */
function nativeClosure() {
  const found = new Set();
  const waiting = NATIVE.map((name) => `node_modules/${name}`);
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    for (const name of Object.keys(packageOf(folder).dependencies ?? {})) {
      const nested = `${folder}/node_modules/${name}`;
      waiting.push(existsSync(path.join(root, nested)) ? nested : `node_modules/${name}`);
    }
  }
  // A nested folder is copied with the one that it lies in.
  return [...found].filter((folder) => folder.lastIndexOf('node_modules/') === 0);
}

function packageOf(folder) {
  return JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
}

if (process.argv[1]?.endsWith('package.mjs')) {
  const { file, files, own } = await packageExtension();
  const megabytes = (statSync(file).size / 1e6).toFixed(1);
  console.log(own.join('\n'));
  console.log(`${files.length} files, ${own.length} of them our own`);
  console.log(`${path.relative(root, file)}: ${megabytes} MB`);
}
