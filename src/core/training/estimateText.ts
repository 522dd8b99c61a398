/** The estimate of a training run, for a person. */
import type { TrainEstimate } from '../schema/trainEstimate.ts';

const PARTS = [
  ['weights', 'weights'],
  ['gradients', 'gradients'],
  ['optimiser', 'optimiser (AdamW)'],
  ['reference', 'reference model (KL)'],
  ['casts', 'bfloat16 copies'],
  ['activations', 'activations'],
  ['head', 'log-probabilities'],
  ['cache', 'keys and values while generating'],
] as const;

/** `[what, how much]`, top to bottom; parts that need nothing are left out. */
export function estimateLines(found: TrainEstimate): [string, string][] {
  const trained =
    found.trainedParameters === found.parameters
      ? ''
      : `, ${found.trainedParameters.toLocaleString('en')} trained`;
  const dropped = found.dropped > 0 ? `, ${found.dropped} left out: too long` : '';
  const limit = found.tokensAreLimit ? ' at most' : '';
  return [
    ['parameters', `${found.parameters.toLocaleString('en')}${trained}`],
    ['records', `${found.records}${dropped}`],
    ['steps', String(found.steps)],
    ['tokens', `${found.tokens.toLocaleString('en')}${limit} (longest ${found.longest})`],
    [
      'memory of one process',
      `${size(found.memory.total)} of ${size(found.available.memory)} (${found.available.device}, ${found.precision})`,
    ],
    ...PARTS.filter(([name]) => found.memory[name] > 0).map(([name, label]): [string, string] => [
      `  ${label}`,
      size(found.memory[name]),
    ]),
    ['one checkpoint', size(found.disk.checkpoint)],
    ['checkpoints on disk', `${size(found.disk.kept)} at most, of ${size(found.available.disk)} free`],
  ];
}

/** `512 MB`, `22.5 GB`: decimal units, as the trainer's own messages. */
function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
