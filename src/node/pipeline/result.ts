import path from 'node:path';
import type { Finish } from '../../core/schema/common.ts';
import type { PipelineResult } from './options.ts';

/** The outcome of a pipeline, from the rows that it made now and those that were there. */
export function resultOf(outcome: {
  dir: string;
  wanted: number;
  reused: number;
  rows: readonly { readonly finish: Finish }[];
  isInterrupted: boolean;
}): PipelineResult {
  const { dir, wanted, reused, rows, isInterrupted } = outcome;
  return {
    runId: path.basename(dir),
    dir,
    counts: { wanted, reused, made: rows.length },
    failed: rows.filter(({ finish }) => finish === 'error').length,
    isInterrupted,
  };
}
