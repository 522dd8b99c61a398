/**
 * What is in the runs. A small run is read whole and kept; of a large one only the part that is asked for, by a thread of
 * its own through the run's index: the extension host never holds a gigabyte of samples.
 */
import type { Remote } from '../core/rpc.ts';
import type { Comparer } from '../node/comparison/client.ts';
import type { PartName, RunData, RunPart, RunTallies } from '../node/runs/index.ts';
import type { RunEntry } from './runStore.ts';

/** How many runs are kept in memory with their samples, and how many parts of large ones. */
const RUNS_KEPT = 6;
const PARTS_KEPT = 24;

type Reader = () => Pick<Remote<Comparer>, 'tallies' | 'part'>;

export class RunSamples {
  readonly #reader: Reader;
  readonly #data = new Newest<RunData>(RUNS_KEPT);
  readonly #parts = new Newest<RunPart>(PARTS_KEPT);
  readonly #tallies = new Newest<RunTallies>(RUNS_KEPT);

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Everything in a run; read again only when the directory has changed. */
  data(run: RunEntry): Promise<RunData> {
    return this.#data.get(run, '', async () => (await import('./runReading.ts')).readRun(run.dir));
  }

  /** How the problems came out, in the order of the set. */
  async tallies(run: RunEntry): Promise<RunTallies> {
    if (run.isLarge) return this.#tallies.get(run, '', () => this.#reader().tallies(run.dir));
    const { talliesOf } = await import('./runReading.ts');
    return this.#tallies.get(run, '', async () => talliesOf(await this.data(run)));
  }

  /** A part of a run, at least: what a small run has besides comes with it. */
  part(run: RunEntry, name: PartName): Promise<RunPart> {
    if (!run.isLarge) return this.data(run);
    return this.#parts.get(run, JSON.stringify(name), () => this.#reader().part(run.dir, name));
  }

  async reviews(run: RunEntry): Promise<RunData['reviews']> {
    if (!run.isLarge) return (await this.data(run)).reviews;
    return (await import('./runReading.ts')).readReviews(run.dir);
  }

  forget(dir: string): void {
    for (const kept of [this.#data, this.#parts, this.#tallies]) kept.forget(dir);
  }
}

/** The values that were asked for last, as long as their run is as it was then. */
class Newest<T> {
  readonly #most: number;
  readonly #known = new Map<string, { dir: string; revision: string; value: Promise<T> }>();

  constructor(most: number) {
    this.#most = most;
  }

  get({ dir, revision }: RunEntry, name: string, read: () => Promise<T>): Promise<T> {
    const key = `${dir}\n${name}`;
    const known = this.#known.get(key);
    this.#known.delete(key);
    const kept = known?.revision === revision ? known : { dir, revision, value: read() };
    this.#known.set(key, kept);
    kept.value.catch(() => {
      if (this.#known.get(key) === kept) this.#known.delete(key);
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#most && oldest !== undefined) this.#known.delete(oldest);
    return kept.value;
  }

  forget(dir: string): void {
    for (const [key, kept] of this.#known) if (kept.dir === dir) this.#known.delete(key);
  }
}
