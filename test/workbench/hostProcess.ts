import fs from 'node:fs';
import path from 'node:path';

/**
 * The extension host of this window: a child of the server that has the window's user data. Null where no `/proc` tells.
 */
export function extensionHost(workspace: string): number | null {
  if (!fs.existsSync('/proc/self/cmdline')) return null;
  const own = path.dirname(workspace);
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.includes('--type=extensionHost')) continue;
      const [, parent] = /^PPid:\s*(\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      if (fs.readFileSync(`/proc/${parent}/cmdline`, 'utf8').includes(own)) return Number(pid);
    } catch {
      // It ended while we looked.
    }
  }
  return null;
}

/** Memory that a process holds now and has held at most, in megabytes. */
export function memoryOf(pid: number): { now: number; most: number } {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}
