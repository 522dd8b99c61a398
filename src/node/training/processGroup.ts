/** Process groups: a run's process and all that it started. */
import { readdir, readFile } from 'node:fs/promises';

/** To the group that `pid` leads, or to the process alone where it leads none. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between the question and the signal.
    }
  }
}

/** Whether anybody of the group that `pid` leads, or led, is at work. Those who are dead and not yet buried are not. */
export async function isGroupAlive(pid: number): Promise<boolean> {
  try {
    process.kill(-pid, 0);
  } catch {
    return false;
  }
  // In a container nobody may bury the dead of others, and signals still find them.
  if (process.platform !== 'linux') return true;
  const states = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(state));
  return states.some((found) => found?.group === pid && found.state !== 'Z' && found.state !== 'X');
}

/** From `/proc/<pid>/stat`: what follows the name, which stands in brackets and may hold anything. */
async function state(pid: string): Promise<{ state: string; group: number } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const [letter = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: letter, group: Number(group) };
}
