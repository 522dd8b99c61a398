/**
 * Which statements hold a run of words, in flat arrays: 20 bytes a run, where a Map takes a hundred and ends at 2^24.
 * Runs are known by hashes: integers from 0 to 2^53 - 1.
 */
export interface Occurrences {
  /** Entries held: one for each run in each statement. */
  readonly size: number;
  /** Statements that hold the run, newest first. */
  owners(hash: number): readonly number[];
  add(hash: number, owner: number): void;
  /** Forgets the runs whose hash is at or above the limit. */
  keepBelow(limit: number): void;
}

const FREE = -1;
const NONE: readonly number[] = [];
/** Share of the slots that may be taken before their number is doubled. */
const FULL = 0.75;

export function createOccurrences(): Occurrences {
  // Open addressing: a slot holds a hash and its newest entry; an entry its owner and the entry before it.
  let hashes = new Float64Array(1024).fill(FREE);
  let newest = new Int32Array(1024);
  let taken = 0;
  let owner = new Int32Array(1024);
  let older = new Int32Array(1024);
  let entries = 0;

  const slotOf = (hash: number) => {
    const slots = hashes.length;
    let slot = hash - Math.floor(hash / slots) * slots;
    while (hashes[slot] !== FREE && hashes[slot] !== hash) slot = (slot + 1) % slots;
    return slot;
  };

  const rehash = (slots: number, limit: number) => {
    const [oldHashes, oldNewest] = [hashes, newest];
    hashes = new Float64Array(slots).fill(FREE);
    newest = new Int32Array(slots);
    taken = 0;
    for (const [at, hash] of oldHashes.entries()) {
      if (hash === FREE || hash >= limit) continue;
      const slot = slotOf(hash);
      hashes[slot] = hash;
      newest[slot] = oldNewest[at] ?? FREE;
      taken++;
    }
  };

  const append = (value: number, before: number) => {
    if (entries === owner.length) {
      owner = doubled(owner);
      older = doubled(older);
    }
    owner[entries] = value;
    older[entries] = before;
    return entries++;
  };

  return {
    get size() {
      return entries;
    },
    owners(hash) {
      const slot = slotOf(hash);
      if (hashes[slot] === FREE) return NONE;
      const found: number[] = [];
      for (let at = newest[slot] ?? FREE; at !== FREE; at = older[at] ?? FREE) found.push(owner[at] ?? FREE);
      return found;
    },
    add(hash, value) {
      let slot = slotOf(hash);
      if (hashes[slot] === FREE && taken >= FULL * hashes.length) {
        rehash(2 * hashes.length, Number.POSITIVE_INFINITY);
        slot = slotOf(hash);
      }
      const isNew = hashes[slot] === FREE;
      newest[slot] = append(value, isNew ? FREE : (newest[slot] ?? FREE));
      if (!isNew) return;
      hashes[slot] = hash;
      taken++;
    },
    keepBelow(limit) {
      rehash(hashes.length, limit);
      const [oldOwner, oldOlder] = [owner, older];
      owner = new Int32Array(oldOwner.length);
      older = new Int32Array(oldOlder.length);
      entries = 0;
      for (const [slot, hash] of hashes.entries()) {
        if (hash === FREE) continue;
        const chain: number[] = [];
        for (let at = newest[slot] ?? FREE; at !== FREE; at = oldOlder[at] ?? FREE) {
          chain.push(oldOwner[at] ?? FREE);
        }
        newest[slot] = chain.reduceRight((before, value) => append(value, before), FREE);
      }
    },
  };
}

function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}
