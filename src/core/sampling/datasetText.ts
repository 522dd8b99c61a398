import type { DatasetMeta } from '../schema/dataset.ts';

/** What a dataset holds, in one line for people: after "120 records: ". */
export function datasetText(meta: DatasetMeta): string {
  switch (meta.kind) {
    case 'scft':
      return `${meta.i2c} i→c, ${meta.c2c} c→c`;
    case 'self-distill':
      return 'right solutions (Self-Distill)';
    case 's2r':
      return meta.trials.map((count, index) => `${count} of K=${index + 1}`).join(', ');
    case 'offline':
      return `${meta.records - meta.negatives} rollouts that come to a right answer, ${meta.negatives} that do not`;
    default:
      throw new Error(`no such kind of dataset: ${JSON.stringify(meta satisfies never)}`);
  }
}
