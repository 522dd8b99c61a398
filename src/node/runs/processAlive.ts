/** Whether a process still lives, and whether it is still the same one: systems use process ids again. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';
import { errorCode } from './diskErrors.ts';

/** Clocks of the system and of the process table differ by a little. */
const SAME_START_SECONDS = 2;

/** Whether the process with this id lives and, where its start is known on both sides, started then (Unix seconds). */
export async function isProcessAlive(pid: number, processStart: number | null): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || !takesSignals(pid)) return false;
  const start = await processStartTime(pid);
  if (start === 'zombie') return false;
  if (start === null || processStart === null) return true;
  return Math.abs(start - processStart) <= SAME_START_SECONDS;
}

/** Start of this process in Unix seconds, as `isProcessAlive` will look it up from another process. */
export async function ownProcessStart(): Promise<number | null> {
  const start = await processStartTime(process.pid);
  return start === 'zombie' ? null : start;
}

/** Whether a run that wrote these facts about its process still has it; null when it ran on another machine. */
export async function isWriterAlive(
  writer: { pid: number; processStart: number | null; host: string } | null,
): Promise<boolean | null> {
  if (writer === null || writer.host !== os.hostname()) return null;
  return isProcessAlive(writer.pid, writer.processStart);
}

function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return errorCode(thrown) === 'EPERM';
  }
}

async function processStartTime(pid: number): Promise<number | 'zombie' | null> {
  try {
    if (process.platform === 'linux') return await linuxStartTime(pid);
    if (process.platform === 'darwin') return await psStartTime(pid);
    return null;
  } catch {
    return null;
  }
}

/** Fields of `/proc/<pid>/stat` count from the last `)`: the name before it may hold anything. Start: clock ticks since boot. */
async function linuxStartTime(pid: number): Promise<number | 'zombie' | null> {
  const TICKS_PER_SECOND = 100;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return 'zombie';
  const boot = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8'))?.[1];
  const ticks = Number(fields[19]);
  return boot === undefined || !Number.isFinite(ticks) ? null : Number(boot) + ticks / TICKS_PER_SECOND;
}

async function psStartTime(pid: number): Promise<number | null> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
  const start = Date.parse(stdout.trim());
  return Number.isNaN(start) ? null : start / 1000;
}
