import path from 'node:path';
import { type Review, reviewSchema } from '../../core/schema/lines.ts';
import { onDisk } from './diskErrors.ts';
import { RUN_LINES } from './layout.ts';
import { openToAppend } from './regularFiles.ts';

/**
 * Appends a person's decision. Takes no lock: reviewing must work while the run is being written, and several people
 * may review; one write in append mode keeps their lines apart. A torn line before it is ended first. Reviewing works in workspaces that nobody trusts: no link is followed.
 */
export async function appendReview(dir: string, review: Review): Promise<void> {
  const line = `${JSON.stringify(reviewSchema.parse(review))}\n`;
  const file = path.join(dir, RUN_LINES.reviews);
  await onDisk(file, async () => {
    const handle = await openToAppend(file);
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      await handle.appendFile(size > 0 && last[0] !== 0x0a ? `\n${line}` : line);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  });
}
