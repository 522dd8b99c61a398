/**
 * The text of one sample while it is generated, for people who watch: a file of the run directory that is written over and
 * over, and gone when the run ends. Nothing is ever read from it but to be shown; what is lost of it is no loss.
 */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const LIVE_FILE = 'live.json';
/** Between two writings. */
const PAUSE_MS = 300;
/** A sample of which nothing is heard for so long has failed or waits: another is shown. */
const SILENT_MS = 3000;
/** Of a long text its end. */
const SHOWN_CHARACTERS = 20_000;
/** More than as many characters can take. */
const READ_BYTES = 1_000_000;

const liveTextSchema = z.object({
  /** Of the sample. */
  id: z.string(),
  /** Offset of `text` in the text so far. */
  start: z.int().min(0),
  text: z.string(),
  /** Seconds since 1970. */
  t: z.number(),
});
export type LiveText = z.infer<typeof liveTextSchema>;

export interface LiveTextWriter {
  /** Cheap: call it for every piece. One sample is shown until it is finished, whatever comes of the others. */
  partial(id: string, text: string): void;
  finished(id: string): void;
  /** Takes the file away. */
  close(): Promise<void>;
}

export function openLiveText(dir: string, onText: (id: string, text: string) => void): LiveTextWriter {
  let current: string | null = null;
  let heardAt = 0;
  let writtenAt = 0;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let isClosed = false;
  const write = (id: string, text: string) => {
    const start = Math.max(0, text.length - SHOWN_CHARACTERS);
    const live: LiveText = { id, start, text: text.slice(start), t: Date.now() / 1000 };
    isWriting = true;
    // It is shown, not kept: a full disk is told by the lines that count.
    writing = replace(path.join(dir, LIVE_FILE), JSON.stringify(live))
      .catch(() => undefined)
      .finally(() => {
        isWriting = false;
      });
  };
  return {
    partial: (id, text) => {
      const now = Date.now();
      // A stream that was given up may have pieces left.
      if (isClosed) return;
      if (current !== id && current !== null && now - heardAt < SILENT_MS) return;
      current = id;
      heardAt = now;
      onText(id, text);
      if (isWriting || now - writtenAt < PAUSE_MS) return;
      writtenAt = now;
      write(id, text);
    },
    finished: (id) => {
      if (current === id) current = null;
    },
    close: async () => {
      isClosed = true;
      await writing;
      await removeLiveText(dir);
    },
  };
}

/** Readers see the old file or the new one. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** A run that was killed left its last one. */
export async function removeLiveText(dir: string): Promise<void> {
  for (const name of [LIVE_FILE, `${LIVE_FILE}.new`])
    await rm(path.join(dir, name), { force: true }).catch(() => undefined);
}

/**
 * The text that is being written; null when none is, or nobody asked for it. A run directory may come from somebody else:
 * a pipe, which would be waited for without end, or a file of gigabytes is none either.
 */
export async function readLiveText(dir: string): Promise<LiveText | null> {
  try {
    const file = path.join(dir, LIVE_FILE);
    const found = await stat(file);
    if (!found.isFile() || found.size > READ_BYTES) return null;
    return liveTextSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
