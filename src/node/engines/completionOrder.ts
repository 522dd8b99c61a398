/**
 * Runs `run` on every item, at most `concurrency` at a time, and yields results in the order in which they complete.
 * A slow consumer holds new work back. The first rejection is thrown after the results before it were yielded.
 * Aborting ends it after the results that are there; it does not wait for what runs.
 */
export async function* inCompletionOrder<Item, Result>(
  items: Iterable<Item>,
  concurrency: number,
  run: (item: Item) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<Result> {
  const iterator = items[Symbol.iterator]();
  const done: { readonly result: Result }[] = [];
  let failure: { readonly reason: unknown } | undefined;
  let running = 0;
  let isExhausted = false;
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });

  function startNext(): boolean {
    const next = iterator.next();
    isExhausted = next.done === true;
    if (next.done === true) return false;
    running++;
    run(next.value)
      .then(
        (result) => void done.push({ result }),
        (reason: unknown) => (failure ??= { reason }),
      )
      .finally(() => {
        running--;
        wake();
      });
    return true;
  }

  while (true) {
    const woken = new Promise<void>((resolve) => (wake = resolve));
    // What is done and not yet yielded counts: a slow consumer must not fill the memory.
    const isOpen = () => !signal.aborted && failure === undefined && done.length < concurrency;
    while (!isExhausted && isOpen() && running < concurrency && startNext()) {}
    const first = done.shift();
    if (first !== undefined) yield first.result;
    else if (failure !== undefined) throw failure.reason;
    else if (signal.aborted || (isExhausted && running === 0)) return;
    else await woken;
  }
}
