/** What the command's exit code means; scripts rely on it. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, but some samples failed; running the same command again retries them. */
  withFailedSamples: 3,
  /** Stopped by the user; resumable. */
  interrupted: 130,
} as const;
