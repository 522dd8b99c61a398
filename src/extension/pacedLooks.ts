import { setTimeout as sleep } from 'node:timers/promises';

const SHORTEST_MS = 500;
const LONGEST_MS = 10_000;
/** A look takes at most a quarter of the time: a run that is written without end must not keep a core busy. */
const REST = 3;

/**
 * Looks again and again as long as there is news, one look at a time, with a rest after each. `hurry` ends the rest: a
 * person waits for the next look.
 */
export class PacedLooks {
  readonly #look: () => Promise<boolean>;
  #running: Promise<void> | undefined;
  #rest = new AbortController();
  #isDisposed = false;
  #isHurried = false;

  /** `look` says whether there was anything new to look at. */
  constructor(look: () => Promise<boolean>) {
    this.#look = look;
  }

  /** There may be news. */
  news(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  hurry(): void {
    this.#isHurried = true;
    this.#rest.abort();
    this.news();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#rest.abort();
  }

  async #run(): Promise<void> {
    while (!this.#isDisposed) {
      const began = performance.now();
      this.#isHurried = false;
      const hadNews = await this.#look();
      // Asked for during the look: it may have looked at what was there before.
      if (this.#isHurried) continue;
      if (!hadNews) return;
      const rest = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, REST * (performance.now() - began)));
      this.#rest = new AbortController();
      await sleep(rest, undefined, { signal: this.#rest.signal }).catch(() => {});
    }
  }
}
