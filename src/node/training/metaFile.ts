import path from 'node:path';

/** What is known about a dataset stands beside it: `data/scft-v1.jsonl` -> `data/scft-v1.meta.json`. */
export function metaFileOf(dataset: string): string {
  return path.join(path.dirname(dataset), `${path.basename(dataset).replace(/\.jsonl$/i, '')}.meta.json`);
}
