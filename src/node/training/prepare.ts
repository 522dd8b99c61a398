/** From a recipe, a dataset and a model to the `config.json` that the trainer reads. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { findRecipe, RECIPE_METHODS, recipes, SIZES, trainingPrompts } from '../../core/recipes/index.ts';
import { nearNames } from '../../core/runs/index.ts';
import { datasetMetaSchema } from '../../core/schema/dataset.ts';
import type { Prompts } from '../../core/schema/run.ts';
import { type TrainConfig, trainConfigFields, trainConfigSchema } from '../../core/schema/trainConfig.ts';
import { metaFileOf } from './metaFile.ts';

export interface TrainingRequest {
  /** Name of a recipe, or a JSON file with fields of the configuration. */
  readonly recipe: string;
  /** SCFT dataset, absolute. */
  readonly data: string;
  /** GGUF file or Hugging Face directory, absolute. */
  readonly model: string;
  readonly seed: number;
  /** How this model is asked, where it is known; a recipe's own prompts come first. */
  readonly prompts: Prompts | null;
  /** Held-out problem set, absolute; null: what the recipe says. */
  readonly evaluationPath: string | null;
  /** Fields that overrule the recipe, as `name=value` in the command line's words. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** @throws UserError that names the recipe, the field, or the dataset that is wrong */
export async function trainingConfig(request: TrainingRequest): Promise<TrainConfig> {
  const written: Record<string, unknown> = {
    ...(await recipeFields(request.recipe)),
    model: { path: request.model },
    data: { path: request.data },
    seed: request.seed,
  };
  if (written.prompts === undefined && request.prompts !== null) {
    written.prompts = trainingPrompts(request.prompts);
  }
  if (request.evaluationPath !== null) {
    const section = isSection(written.evaluation) ? written.evaluation : {};
    written.evaluation = { ...section, path: request.evaluationPath };
  }
  for (const [name, text] of Object.entries(request.overrides)) override(written, name, text);
  const parsed = trainConfigSchema.safeParse(written);
  if (parsed.success) return parsed.data;
  throw configError(request.recipe, written, parsed.error);
}

async function recipeFields(name: string): Promise<Record<string, unknown>> {
  const recipe = findRecipe(name);
  if (recipe) return { ...structuredClone(recipe.config), recipe: recipe.id };
  if (name.endsWith('.json')) return readRecipeFile(name);
  throw unknownRecipe(name);
}

/** A hundred names are the product of two short lists. */
function unknownRecipe(name: string): UserError {
  const near = nearNames(
    name,
    recipes.map(({ id }) => id),
  );
  const sizes = SIZES.map(({ id }) => id).join(', ');
  const all = `Write METHOD-SIZE or METHOD-SIZE-lora, with a method of ${RECIPE_METHODS.join(', ')} and a size of ${sizes}; or give a JSON file.`;
  return new UserError('recipe-unknown', `there is no recipe "${name}"`, {
    remedy: near.length > 0 ? `Did you mean ${near.join(' or ')}? ${all}` : all,
  });
}

async function readRecipeFile(file: string): Promise<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new UserError('recipe-unreadable', 'the recipe cannot be read', {
      place: { file },
      remedy: 'It is a JSON object with fields of a training configuration, such as "method" and "epochs".',
      cause: error,
    });
  }
}

/** `learningRate=1e-4`, `rollouts.perProblem=4`: a number where it reads as JSON, else the text itself. */
function override(written: Record<string, unknown>, name: string, text: string): void {
  const path = name.split('.');
  const field = path.pop() ?? name;
  let section = written;
  for (const part of path) {
    const inner = section[part];
    // A section that the recipe does not mention, or sets to null, starts from its defaults.
    const next = isSection(inner) ? inner : {};
    section[part] = next;
    section = next;
  }
  try {
    section[field] = JSON.parse(text);
  } catch {
    section[field] = text;
  }
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function configError(recipe: string, written: Record<string, unknown>, error: z.ZodError): UserError {
  const issue = error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])];
  const known = path.length > 1 ? [] : trainConfigFields(written.method);
  const near = unknown === undefined ? [] : nearNames(unknown, known);
  return new UserError(
    'config-invalid',
    unknown === undefined ? (issue?.message ?? 'invalid') : 'unknown field',
    {
      place: { file: recipe, field: path.join('.') },
      remedy:
        near.length > 0
          ? `Did you mean "${near[0]}"?`
          : 'Leave it out and add --dry-run to see every field with its value.',
    },
  );
}

/** What the run's manifest says of its data. */
export interface DatasetFacts {
  readonly records: number;
  readonly sha256: string;
  readonly parents: readonly { kind: string; id: string; role: string }[];
}

/** @throws UserError `dataset-missing` | `dataset-empty` */
export async function datasetFacts(file: string): Promise<DatasetFacts> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError('dataset-missing', 'the dataset cannot be read', {
      place: { file },
      remedy: 'Make one with "reflection sample", or check the path.',
      cause: error,
    });
  }
  const records = text.split('\n').filter((line) => line.trim() !== '').length;
  if (records === 0) {
    throw new UserError('dataset-empty', 'the dataset holds no record', {
      place: { file },
      remedy: 'Sample more solutions or critiques: "reflection sample" says which filter dropped them.',
    });
  }
  return { records, sha256: createHash('sha256').update(text).digest('hex'), parents: await parentsOf(file) };
}

async function parentsOf(file: string): Promise<DatasetFacts['parents']> {
  try {
    const meta = datasetMetaSchema.parse(JSON.parse(await readFile(metaFileOf(file), 'utf8')));
    return meta.parents;
  } catch {
    // A dataset of one's own has no meta file: its lineage is not known.
    return [];
  }
}
