/** From what a person calls a model to what an engine can open, with the prompts that go with it. */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import { isPromptPreset, nanoPrompts, PROMPT_PRESETS, reasoningPrompts } from '../../core/prompts/index.ts';
import { nearNames } from '../../core/runs/index.ts';
import { type ModelConfig, type ModelConfigInput, modelConfigSchema } from '../../core/schema/model.ts';
import type { Prompts } from '../../core/schema/run.ts';
import { packageRoot } from '../packageRoot.ts';
import { readManifest } from '../runs/index.ts';
import { type CheckpointModel, checkpointAt, checkpointOfRun } from './checkpoints.ts';
import type { Workspace } from './readWorkspace.ts';

export interface ResolvedModel {
  readonly config: ModelConfig;
  readonly prompts: Prompts;
  readonly origin: 'embedded' | 'workspace' | 'file' | 'checkpoint' | 'server';
  /** Set for a checkpoint of a training run. */
  readonly checkpoint?: CheckpointModel;
}

/** The model that comes with the workbench. */
export const NANO = 'nano';

/** The GGUF file of the embedded model. */
export function nanoModelFile(): string {
  return path.join(packageRoot(), 'media', 'models', 'nano.gguf');
}

/**
 * Understands, in this order: a name in `reflection.json`; `nano`; `openai:MODEL@http://host:port/v1`; a `.gguf` file;
 * a checkpoint directory; a training run by path or name (its newest complete checkpoint), or `RUN@step-000028`.
 */
export async function resolveModel(workspace: Workspace, wanted: string): Promise<ResolvedModel> {
  const named = namedModel(workspace, wanted);
  if (named !== null) return named;
  if (wanted === NANO) {
    return {
      config: llamaConfig(NANO, nanoModelFile()),
      prompts: nanoPrompts,
      origin: 'embedded',
    };
  }
  if (wanted.startsWith('openai:')) return serverModel(wanted);
  const asPath = path.resolve(workspace.dir, wanted);
  const entry = await stat(asPath).catch(() => null);
  if (entry?.isFile() === true) return fileModel(asPath, wanted);
  if (wanted.toLowerCase().endsWith('.gguf')) throw missingFile(asPath);
  const checkpoint =
    (entry?.isDirectory() === true ? await checkpointAt(asPath) : null) ??
    (await checkpointOfRun(workspace.dir, wanted));
  if (checkpoint !== null) {
    const config = llamaConfig(checkpoint.name, checkpoint.gguf);
    return {
      config,
      prompts: await checkpointPrompts(workspace, checkpoint),
      origin: 'checkpoint',
      checkpoint,
    };
  }
  if ((await weightsDirectory(workspace, wanted)) !== null) throw onlyWeights(asPath);
  throw unknownModel(workspace, wanted);
}

/** The prompts of a preset, or of a name under `prompts` in `reflection.json`. */
export function resolvePrompts(workspace: Workspace, name: string): Prompts {
  const own = workspace.config.prompts[name];
  if (own !== undefined && Object.hasOwn(workspace.config.prompts, name)) {
    const base = PROMPT_PRESETS[own.preset];
    return {
      system: own.system === undefined ? base.system : own.system,
      solve: own.solve ?? base.solve,
      critique: own.critique ?? base.critique,
      critiqueTraining: own.critiqueTraining ?? base.critiqueTraining,
      solutionSlot: own.solutionSlot ?? base.solutionSlot,
      ...(own.verifyConfirmative === undefined ? {} : { verifyConfirmative: own.verifyConfirmative }),
      ...(own.verifyProblemSolving === undefined ? {} : { verifyProblemSolving: own.verifyProblemSolving }),
      ...(own.refineVerification === undefined ? {} : { refineVerification: own.refineVerification }),
    };
  }
  if (isPromptPreset(name)) return PROMPT_PRESETS[name];
  const names = [...Object.keys(PROMPT_PRESETS), ...Object.keys(workspace.config.prompts)];
  throw new UserError('prompts-unknown', `There are no prompts "${name}".`, {
    ...(workspace.file === null ? {} : { place: { file: workspace.file, field: `prompts.${name}` } }),
    remedy: `Use one of ${names.join(', ')}.`,
  });
}

/**
 * The directory of a Hugging Face model, which can be trained but not run by llama.cpp; null when it is none, or a
 * checkpoint of ours.
 */
export async function weightsDirectory(workspace: Workspace, wanted: string): Promise<string | null> {
  const dir = path.resolve(workspace.dir, wanted);
  const has = (file: string) =>
    stat(path.join(dir, file)).then(
      (entry) => entry.isFile(),
      () => false,
    );
  return (await has('config.json')) && !(await has('complete.json')) && !(await has('run.json')) ? dir : null;
}

function namedModel(workspace: Workspace, wanted: string): ResolvedModel | null {
  if (!Object.hasOwn(workspace.config.models, wanted)) return null;
  const row = workspace.config.models[wanted];
  if (row === undefined) return null;
  const { prompts, ...model } = row;
  const config: ModelConfig =
    model.engine === 'llama'
      ? {
          ...model,
          name: wanted,
          path: path.resolve(workspace.dir, model.path),
          lora: model.lora?.map((adapter) => ({
            ...adapter,
            path: path.resolve(workspace.dir, adapter.path),
          })),
        }
      : { ...model, name: wanted };
  return { config, prompts: resolvePrompts(workspace, prompts ?? 'reasoning'), origin: 'workspace' };
}

function serverModel(wanted: string): ResolvedModel {
  const at = wanted.lastIndexOf('@http');
  const model = at < 0 ? '' : wanted.slice('openai:'.length, at);
  const baseUrl = at < 0 ? '' : wanted.slice(at + 1);
  const parsed = modelConfigSchema.safeParse({ name: model, engine: 'openai', baseUrl, model });
  if (!parsed.success) {
    throw new UserError('model-server', `"${wanted}" does not name a served model.`, {
      remedy: 'Write it as openai:MODEL@http://HOST:PORT/v1.',
    });
  }
  return { config: parsed.data, prompts: reasoningPrompts, origin: 'server' };
}

async function fileModel(file: string, wanted: string): Promise<ResolvedModel> {
  if (!(await isGguf(file))) {
    throw new UserError('model-not-gguf', 'The file is not a GGUF model.', {
      place: { file },
      remedy: 'Name a .gguf file; a Hugging Face model is converted with llama.cpp (convert_hf_to_gguf.py).',
    });
  }
  const isNano = path.resolve(file) === nanoModelFile();
  return {
    config: llamaConfig(path.basename(wanted).replace(/\.gguf$/i, ''), file),
    prompts: isNano ? nanoPrompts : reasoningPrompts,
    origin: 'file',
  };
}

async function isGguf(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const magic = Buffer.alloc(4);
    await handle.read(magic, 0, 4, 0);
    return magic.toString('latin1') === 'GGUF';
  } finally {
    await handle.close();
  }
}

/**
 * A checkpoint keeps to the prompts of the model that it was trained from. Its run recorded them; without that record,
 * they are looked up by where the model lay.
 */
async function checkpointPrompts(workspace: Workspace, checkpoint: CheckpointModel): Promise<Prompts> {
  const recorded = await readManifest(path.resolve(checkpoint.dir, '..', '..')).catch(() => null);
  if (recorded?.prompts !== undefined) return recorded.prompts;
  const { trainedFrom } = checkpoint.mark;
  if (path.resolve(trainedFrom) === nanoModelFile()) return nanoPrompts;
  const row = Object.values(workspace.config.models).find(
    (model) =>
      model.engine === 'llama' && path.resolve(workspace.dir, model.path) === path.resolve(trainedFrom),
  );
  if (row !== undefined) return resolvePrompts(workspace, row.prompts ?? 'reasoning');
  const parent = await checkpointAt(trainedFrom.endsWith('.gguf') ? path.dirname(trainedFrom) : trainedFrom);
  return parent === null ? reasoningPrompts : checkpointPrompts(workspace, parent);
}

function llamaConfig(name: string, file: string): ModelConfig {
  const config: ModelConfigInput = { engine: 'llama', name, path: file };
  return modelConfigSchema.parse(config);
}

function missingFile(file: string): UserError {
  return new UserError('model-missing', 'There is no such model file.', {
    place: { file },
    remedy: 'Check the path, or use the embedded model: nano.',
  });
}

function onlyWeights(dir: string): UserError {
  return new UserError('model-not-gguf', 'llama.cpp cannot run a Hugging Face model as it is.', {
    place: { file: dir },
    remedy:
      'Convert it with llama.cpp (convert_hf_to_gguf.py), or serve it and use openai:MODEL@http://HOST:PORT/v1.',
  });
}

function unknownModel(workspace: Workspace, wanted: string): UserError {
  const names = [NANO, ...Object.keys(workspace.config.models)];
  const near = nearNames(wanted, names);
  const place = workspace.file === null ? {} : { place: { file: workspace.file, field: 'models' } };
  return new UserError('model-unknown', `There is no model "${wanted}".`, {
    ...place,
    remedy:
      near.length > 0
        ? `Did you mean ${near.join(', ')}?`
        : `Use one of ${names.join(', ')}, a .gguf file, a checkpoint directory, a training run, or openai:MODEL@URL.`,
  });
}
