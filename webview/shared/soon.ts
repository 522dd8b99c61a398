const waiting = new Map<object, () => void>();
/** Milliseconds of work between two frames: the rest is the browser's and the person's. */
const SLICE_MS = 8;

/**
 * Does drawing work before one of the next frames, a little at a time, so that many charts or formulas are never one long
 * task. Work under a key that waits already takes its place. Returns what takes it back.
 */
export function soon(key: object, work: () => void): () => void {
  if (waiting.size === 0) requestAnimationFrame(workOff);
  waiting.set(key, work);
  return () => {
    if (waiting.get(key) === work) waiting.delete(key);
  };
}

function workOff(): void {
  const until = performance.now() + SLICE_MS;
  for (const [key, work] of waiting) {
    waiting.delete(key);
    work();
    if (performance.now() > until) break;
  }
  if (waiting.size > 0) requestAnimationFrame(workOff);
}
