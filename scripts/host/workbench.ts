/**
 * `npm run workbench [-- FOLDER] [-- --port N]`: VS Code in the browser with this extension, on the demo workspace
 * or on FOLDER. Prints the address, and runs until Ctrl-C. For 127.0.0.1 only; nobody has to log in.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { requireFreePort } from './freePort.ts';
import { ensureHost } from './install.ts';
import { makeTempDir, projectRoot, removeDir } from './paths.ts';
import { startServer, workbenchUrl } from './server.ts';

const DEMO_WORKSPACE = path.join(projectRoot, '.reflection-demo');

try {
  await openForPerson();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function openForPerson(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '0' } },
  });
  const port = readPort(values.port);
  if (port !== 0) await requireFreePort(port);
  const folder = path.resolve(positionals[0] ?? DEMO_WORKSPACE);
  fs.mkdirSync(folder, { recursive: true });
  requireBuild();
  const host = await ensureHost(console.log);
  const interrupted = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(undefined));
  });
  const temp = makeTempDir('rwb-');
  const extensionsDir = path.join(temp, 'extensions');
  installFromSource(extensionsDir);
  try {
    const server = await startServer(host, { userDataDir: path.join(temp, 'user'), extensionsDir, port });
    const fill =
      fs.readdirSync(folder).length === 0 && folder === DEMO_WORKSPACE ? '; `npm start` fills it' : '';
    console.log(
      `VS Code with Reflection Workbench on ${folder}${fill}:\n\n  ${workbenchUrl(server, folder)}\n`,
    );
    console.log('Open it in a browser on this machine. Ctrl-C ends it.');
    const died = await Promise.race([server.exited, interrupted]);
    await server.stop();
    if (died !== undefined) throw new Error(`The VS Code server ended (${died}):\n${server.recentOutput()}`);
  } finally {
    removeDir(temp);
  }
}

/**
 * The person's own browser has no script that could make its window an Extension Development Host, so the extension
 * is installed: a link to this folder, found because the extensions folder is fresh and has no index file yet.
 */
function installFromSource(extensionsDir: string): void {
  const manifest = z
    .object({ publisher: z.string(), name: z.string(), version: z.string() })
    .parse(JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8')));
  fs.mkdirSync(extensionsDir);
  const name = `${manifest.publisher}.${manifest.name}-${manifest.version}`;
  fs.symlinkSync(projectRoot, path.join(extensionsDir, name), 'dir');
}

function requireBuild(): void {
  if (!fs.existsSync(path.join(projectRoot, 'dist/extension.cjs'))) {
    throw new Error('The extension is not built yet. Run `npm run build` first.');
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--port ${text}: a port is a number from 0 (any free one) to 65535.`);
}
