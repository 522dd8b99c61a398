/** The run directory of a training run: manifest and configuration, before the trainer starts. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { UserError } from '../../core/errors.ts';
import { SCHEMA_VERSION } from '../../core/schema/common.ts';
import type { Prompts } from '../../core/schema/run.ts';
import type { TrainConfig } from '../../core/schema/trainConfig.ts';
import { createRun, hostFacts, isRun, onDisk, workbenchFacts } from '../runs/index.ts';
import { datasetFacts } from './prepare.ts';

export const CONFIG_FILE = 'config.json';

export interface NewTrainingRun {
  readonly dir: string;
  readonly title: string;
  readonly config: TrainConfig;
  /** Name of the model that is trained, for people and for the lineage. */
  readonly modelName: string;
  /** Checkpoint directory or run that the model came from; null for a model file. */
  readonly modelParent: string | null;
  /** Prompts of that model: its checkpoints are used with the same. */
  readonly prompts: Prompts;
  readonly commandLine: readonly string[];
}

/**
 * Writes `config.json` and then `run.json`. In a directory that already holds this training it does nothing, so that
 * starting again resumes; another configuration there is refused.
 * @throws UserError `config-differs` | `dataset-missing` | `dataset-empty`
 */
export async function createTrainingRun(run: NewTrainingRun): Promise<'created' | 'exists'> {
  const file = path.join(run.dir, CONFIG_FILE);
  if (await isRun(run.dir)) {
    await refuseOtherConfig(file, run.config);
    return 'exists';
  }
  const data = await datasetFacts(run.config.data.path);
  await createRun(
    run.dir,
    {
      schemaVersion: SCHEMA_VERSION,
      id: path.basename(run.dir),
      kind: 'train',
      title: run.title,
      createdAt: new Date().toISOString(),
      seed: run.config.seed,
      n: 0,
      prompts: run.prompts,
      options: {
        recipe: run.config.recipe,
        method: run.config.method,
        records: data.records,
        dataSha256: data.sha256,
      },
      parents: [
        { kind: 'dataset', id: run.config.data.path, role: 'data' },
        ...(run.modelParent === null
          ? []
          : [{ kind: 'checkpoint' as const, id: run.modelParent, role: 'model' }]),
      ],
      host: hostFacts(),
      workbench: await workbenchFacts(),
      commandLine: [...run.commandLine],
    },
    [],
  );
  await onDisk(file, () => writeFileAtomic(file, `${JSON.stringify(run.config, null, 2)}\n`));
  return 'created';
}

async function refuseOtherConfig(file: string, config: TrainConfig): Promise<void> {
  if (!existsSync(file)) {
    await onDisk(file, () => writeFileAtomic(file, `${JSON.stringify(config, null, 2)}\n`));
    return;
  }
  const written: Record<string, unknown> = JSON.parse(await readFile(file, 'utf8'));
  const fields = Object.entries(config).filter(([name, value]) => !isDeepStrictEqual(written[name], value));
  if (fields.length === 0) return;
  const differences = fields.map(
    ([name, value]) => `${name}: ${JSON.stringify(written[name])} there, ${JSON.stringify(value)} now`,
  );
  throw new UserError(
    'config-differs',
    `this directory holds a training with another configuration (${differences.join('; ')})`,
    {
      place: { file },
      remedy: 'Resume it with "reflection resume RUN", or choose another --run-dir.',
    },
  );
}
