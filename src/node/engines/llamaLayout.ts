/** Chooses between ways of using the cores by trying each for a moment. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { z } from 'zod';
import { fastest, type Layout } from './llamaPlan.ts';
import type { LoadedProcess } from './llamaProcess.ts';
import { type CachePlace, readCached, writeCached } from './machineCache.ts';
import type { ModelFile } from './modelFile.ts';

/** Long enough for some ten steps of a small model, short enough not to be noticed. */
const MEASURE_MS = 200;
/** The best of each layout counts: a process is slow at first, and what others do on the machine only ever takes time. */
const ROUNDS = 2;
/** Machines change; and what was measured while others used the cores says little about later. */
const MAX_AGE_MS = { idle: 7 * 24 * 3600 * 1000, busy: 10 * 60 * 1000 } as const;

const measuredSchema = z.object({
  processes: z.int().min(1),
  threads: z.int().min(1),
  tokensPerSecond: z.number().min(0),
});
const choiceSchema = z.object({ chosen: measuredSchema, tried: z.array(measuredSchema).min(1) });

/** The layout that was fastest, and all that was tried. */
export type LayoutChoice = z.infer<typeof choiceSchema>;

export interface LayoutWish {
  readonly model: ModelFile;
  readonly layouts: readonly Layout[];
  /** Samples side by side in one process. */
  readonly slots: number;
}

export async function knownChoice(wish: LayoutWish): Promise<LayoutChoice | undefined> {
  return (await readCached(placeOf(wish, 'idle'))) ?? (await readCached(placeOf(wish, 'busy')));
}

export interface MeasuredProcesses {
  readonly choice: LayoutChoice;
  /** As many as were chosen, set to the chosen number of threads. */
  readonly processes: readonly LoadedProcess[];
}

/** `startOthers` starts up to so many further processes, and fewer when memory is short. */
export async function measureLayouts(
  wish: LayoutWish,
  first: LoadedProcess,
  startOthers: (count: number) => Promise<readonly LoadedProcess[]>,
): Promise<MeasuredProcesses> {
  const slots = Math.min(wish.slots, first.description.slots);
  // Taken before we are busy ourselves. Windows always says 0.
  const machine = (loadavg()[0] ?? 0) >= availableParallelism() ? 'busy' : 'idle';
  let running = [first];
  const best = new Map<Layout, LayoutChoice['chosen']>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const layout of wish.layouts) {
      if (layout.processes > running.length) {
        running = [...running, ...(await startOthers(layout.processes - running.length))];
      }
      const used = running.slice(0, layout.processes);
      const tokensPerSecond = await measureTogether(used, layout.threads, slots);
      const before = best.get(layout)?.tokensPerSecond ?? 0;
      best.set(layout, {
        processes: used.length,
        threads: layout.threads,
        tokensPerSecond: Math.max(before, tokensPerSecond),
      });
    }
  }
  const tried = [...best.values()];
  const chosen = fastest(tried);
  if (chosen === undefined) throw new Error('There was no layout to try.');
  const processes = running.slice(0, chosen.processes);
  await Promise.all(running.slice(chosen.processes).map(({ process }) => process.kill()));
  await Promise.all(processes.map(({ process }) => process.remote.useThreads(chosen.threads)));
  await writeCached(placeOf(wish, machine), { chosen, tried });
  return { choice: { chosen, tried }, processes };
}

/** The same number of samples side by side, however they are spread. */
async function measureTogether(
  used: readonly LoadedProcess[],
  threads: number,
  slots: number,
): Promise<number> {
  const width = Math.max(1, Math.floor(slots / used.length));
  const parts = used.map(({ process }) => process.remote.measure({ threads, slots: width, ms: MEASURE_MS }));
  return Math.round((await Promise.all(parts)).reduce((total, part) => total + part, 0));
}

function placeOf(
  { model, layouts, slots }: LayoutWish,
  state: keyof typeof MAX_AGE_MS,
): CachePlace<LayoutChoice> {
  const machine = { cores: availableParallelism(), processor: cpus()[0]?.model ?? '' };
  return {
    kind: 'layouts',
    key: { version: 2, state, model, layouts, slots, machine },
    schema: choiceSchema,
    maxAgeMs: MAX_AGE_MS[state],
  };
}
