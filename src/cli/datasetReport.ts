/** What a dataset is, for people and for scripts. */
import { datasetText } from '../core/sampling/index.ts';
import type { WrittenDataset } from '../node/pipeline/index.ts';
import { table } from './tables.ts';

export function datasetFacts(dataset: WrittenDataset) {
  return {
    dataset: dataset.file,
    metaFile: dataset.metaFile,
    meta: dataset.meta,
    dropped: dataset.dropped.length,
  };
}

/** Each filter with what came in and what it dropped, then what is kept. */
export function funnelText({ meta, file, isUnchanged }: WrittenDataset): string {
  const rows = meta.funnel.map(({ filter, entered, dropped }) => [filter, String(entered), String(dropped)]);
  return [
    table(['filter', 'entered', 'dropped'], rows),
    '',
    `${meta.records} records: ${datasetText(meta)}${meta.kind === 'scft' ? ` (asked ${meta.mix.join(':')})` : ''}`,
    ...(meta.shortfall ? [meta.shortfall] : []),
    ...(meta.records === 0 ? ['Nothing was kept: each reason stands in dropped.jsonl.'] : []),
    ...(meta.lengths ? [lengthsText(meta.lengths)] : []),
    ...(meta.reviews.accepted + meta.reviews.rejected > 0
      ? [`reviews: ${meta.reviews.accepted} accepted, ${meta.reviews.rejected} rejected`]
      : []),
    `${file}${isUnchanged ? ' (unchanged)' : ''}`,
  ].join('\n');
}

function lengthsText({ min, median, mean, max }: NonNullable<WrittenDataset['meta']['lengths']>): string {
  return `tokens trained on: median ${median}, mean ${mean.toFixed(0)}, from ${min} to ${max}`;
}
