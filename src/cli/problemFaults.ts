/** Rows of a problem set that cannot be used, or only in part: told, never hidden. */
import type { ProblemFault } from '../core/problems/index.ts';
import type { Output } from './output.ts';

/** Of faults of one kind: a column of another name is the same fault in every row. */
const TOLD = 5;

export function tellFaults({ warn }: Pick<Output, 'warn'>, faults: readonly ProblemFault[]): void {
  for (const same of Map.groupBy(faults, ({ field, remedy }) => `${field} ${remedy}`).values()) {
    for (const { file, line, field, message, remedy } of same.slice(0, TOLD)) {
      const what = field ? `field "${field}": ` : '';
      warn(`${file}:${line ?? '?'}: ${what}${message}. ${remedy}`);
    }
    const more = same.length - TOLD;
    if (more > 0)
      warn(`${same[0]?.file}: and ${more} more rows like these; "reflection lint" names them all.`);
  }
}
