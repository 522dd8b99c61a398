import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work between two looks at what else the extension host has to do. */
const SLICE_MS = 8;

/** Gives way to everything else when the slice is used up. */
export function createSlicer(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < SLICE_MS) return undefined;
    return nextTurn().then(() => {
      began = performance.now();
    });
  };
}
