import { access } from 'node:fs/promises';
import path from 'node:path';
import { type SampleSettings, sampleSettingsSchema } from './sampleManifest.ts';

/** Where a sampling run's dataset is or will be. */
export function datasetFileOf(dir: string, settings: Pick<SampleSettings, 'output'>): string {
  return settings.output ?? path.join(dir, 'dataset.jsonl');
}

/** The dataset that a sampling run has written; null while there is none. `options` are those of its manifest. */
export async function writtenDataset(dir: string, options: unknown): Promise<string | null> {
  const settings = sampleSettingsSchema.safeParse(options);
  const file = datasetFileOf(dir, settings.success ? settings.data : {});
  return access(file).then(
    () => file,
    () => null,
  );
}
