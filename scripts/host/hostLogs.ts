import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

interface HostLog {
  name: string;
  text: string;
}

/** Each entry begins with its time, and may go on over several lines: `2026-01-31 12:00:00.000 [error] ...`. */
const ENTRY_START = /^(?=\d{4}-\d\d-\d\d [\d:.]+ \[)/m;

/** Whether the extension host has started and activated what starts with the window. */
export function extensionHostIsReady(userDataDir: string): boolean {
  return hostLogs(userDataDir).some(
    ({ name, text }) => name === 'remoteexthost' && text.includes('Eager extensions activated'),
  );
}

/** The last lines of the extension host's log and of our own output channels. */
export function recentLogLines(userDataDir: string): string[] {
  return hostLogs(userDataDir).flatMap(({ name, text }) => {
    const entries = text.split(ENTRY_START).filter((entry) => !/ \[(info|warning)\] /.test(entry));
    const lines = withoutHostFrames(entries.join('')).split('\n').filter(Boolean);
    return lines.slice(-10).map((line) => `[${name}] ${line}`);
  });
}

/** Errors that the extension host logged about the extension: a failed activation, an unhandled rejection. */
export function extensionErrors(userDataDir: string, extension: string): string[] {
  const signs = signsOf(extension);
  return hostLogs(userDataDir)
    .filter(({ name }) => name === 'remoteexthost')
    .flatMap(({ text }) => text.split(ENTRY_START))
    .filter((entry) => entry.includes(' [error] ') && signs.some((sign) => entry.includes(sign)))
    .map(withoutHostFrames);
}

/** What each activation of the extension was for, such as `onCommand:NAME`: one for each life of the window at most. */
export function activations(userDataDir: string, id: string): string[] {
  const line = new RegExp(`_doActivateExtension ${id}, .*activationEvent: '([^']+)'`, 'g');
  return hostLogs(userDataDir)
    .filter(({ name }) => name === 'remoteexthost')
    .flatMap(({ text }) => [...text.matchAll(line)].map(([, event]) => event ?? ''));
}

/**
 * Its id, and what the files begin with that a stack names: the one that is loaded first, and the folder of the parts that
 * it loads. (Not the extension's folder: the host itself is installed inside this project.)
 */
function signsOf(extension: string): string[] {
  const manifest = z
    .object({ publisher: z.string(), name: z.string(), main: z.string() })
    .parse(JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8')));
  return [
    `${manifest.publisher}.${manifest.name}`,
    path.join(extension, manifest.main).replace(/\.cjs$/, ''),
  ];
}

/** VS Code's own frames are minified, thirty to an error, and say nothing about it. */
function withoutHostFrames(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.filter((line) => !/^\s+at .*extensionHostProcess\.js/.test(line)).join('\n');
}

function hostLogs(userDataDir: string): HostLog[] {
  const dir = path.join(userDataDir, 'logs');
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => /exthost/.test(file) && file.endsWith('.log') && !file.includes('/vscode.'))
    .map((file) => ({
      name: path.basename(file, '.log'),
      text: fs.readFileSync(path.join(dir, file), 'utf8'),
    }));
}
