import { signal } from '@preact/signals';

/** Why the last call to the host was refused; shown above everything else. */
export const failure = signal<string | null>(null);

/** Runs a call to the host; what it rejects with is shown until the next call succeeds. */
export function attempt(call: () => Promise<unknown>): void {
  call().then(
    () => {
      failure.value = null;
    },
    (reason: unknown) => {
      failure.value = reason instanceof Error ? reason.message : String(reason);
    },
  );
}
