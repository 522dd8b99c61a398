/** Time of processors that a process and all that it has started have used. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the machine. */
const TICKS_PER_SECOND = 100;

/** In seconds, of the processes that live; null where the system does not tell. */
export function treeCpuSeconds(root: number): number | null {
  const processes = new Map<number, { parent: number; ticks: number }>();
  try {
    for (const name of readdirSync('/proc')) {
      if (/^\d+$/.test(name)) processes.set(Number(name), statOf(name));
    }
  } catch {
    return null;
  }
  const isInTree = (pid: number): boolean =>
    pid === root || (pid > 1 && isInTree(processes.get(pid)?.parent ?? 0));
  let ticks = 0;
  for (const [pid, process] of processes) if (isInTree(pid)) ticks += process.ticks;
  return processes.has(root) ? ticks / TICKS_PER_SECOND : null;
}

function statOf(pid: string): { parent: number; ticks: number } {
  try {
    // The name in brackets may hold anything; the state follows it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    // It has ended meanwhile.
    return { parent: 0, ticks: 0 };
  }
}
