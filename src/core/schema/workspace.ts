/** `reflection.json` at the workspace root, shared by editor and command line. It never holds a secret. */
import { z } from 'zod';
import { REFLECTION_LISTS } from '../reflection/lists.ts';
import { llamaModelSchema, openaiModelSchema } from './model.ts';
import { promptsSchema, samplingSchema } from './run.ts';

/** Prompts by a preset's name, with texts of one's own on top. */
const promptChoiceSchema = z.strictObject({
  preset: z.enum(['reasoning', 'nano', 's2r']).default('reasoning').describe('What the other fields change'),
  ...promptsSchema.partial().shape,
});

const modelPrompts = {
  prompts: z
    .string()
    .min(1)
    .optional()
    .describe('Prompt preset for this model: reasoning (default), nano, s2r, or a name under "prompts"'),
};

/** A model, as `models` holds it under its name. */
const workspaceModelSchema = z.discriminatedUnion('engine', [
  llamaModelSchema.omit({ name: true }).extend(modelPrompts),
  openaiModelSchema.omit({ name: true }).extend(modelPrompts),
]);

/** What the commands use where they are given no option. */
const defaultsSchema = z.strictObject({
  model: z.string().min(1).optional().describe('Name of a model'),
  problemSet: z.string().min(1).optional().describe('Name of a problem set, or a file'),
  prompts: z.string().min(1).optional().describe('Name of a prompt preset'),
  n: z.int().min(1).optional().describe('Solutions per problem'),
  critiques: z.int().min(1).optional().describe('Critiques per solution'),
  seed: z.int().min(0).optional(),
  sampling: z.strictObject(samplingSchema.partial().shape).optional(),
});

export const workspaceConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  models: z
    .record(z.string().min(1), workspaceModelSchema)
    .default({})
    .describe('Models by name: a GGUF file, or a served model'),
  problemSets: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe('Problem files by name, relative to this file'),
  prompts: z
    .record(z.string().min(1), promptChoiceSchema)
    .default({})
    .describe('Prompts of your own, by name'),
  reflectionLists: z
    .record(
      z
        .string()
        .min(1)
        .refine((name) => !Object.hasOwn(REFLECTION_LISTS, name), 'a list of this name is built in'),
      z.array(z.string().trim().min(1)).min(1),
    )
    .default({})
    .describe('Phrases that mark a reflection, by the name of the list: R, ERR and ρ with --detail'),
  defaults: defaultsSchema.default({}),
});
export type WorkspaceConfig = z.infer<typeof workspaceConfigSchema>;
export type WorkspaceConfigInput = z.input<typeof workspaceConfigSchema>;
