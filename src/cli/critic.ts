/** Another model that criticises, and what must not be trained on: both are named on the command line or in a run. */
import path from 'node:path';
import { UserError } from '../core/errors.ts';
import { createHeldOut, type HeldOut } from '../core/sampling/index.ts';
import type { ModelConfig } from '../core/schema/model.ts';
import type { Prompts } from '../core/schema/run.ts';
import { connectEngine } from '../node/engines/index.ts';
import type { Critic } from '../node/pipeline/index.ts';
import { readProblemSet } from '../node/problems/readProblems.ts';
import { readWorkspace, resolveModel } from '../node/workspace/index.ts';
import type { Context } from './context.ts';
import { tellFaults } from './problemFaults.ts';

/** Lends the critic, where one is named, to the work. */
export async function withCritic<T>(
  context: Context,
  wanted: string | undefined,
  work: (critic: Critic | undefined) => Promise<T>,
): Promise<T> {
  if (wanted === undefined) return work(undefined);
  const { config, prompts } = await resolveModel(await readWorkspace(context.workspace), wanted);
  return withConnected(context, config, prompts, work);
}

export async function withConnected<T>(
  context: Context,
  config: ModelConfig,
  prompts: Prompts,
  work: (critic: Critic) => Promise<T>,
): Promise<T> {
  const engine = await connectEngine(config, context.signal, { onWarning: context.output.warn });
  context.output.note(`critic: ${engine.identity.name} on ${engine.facts.device}`);
  try {
    return await work({ engine, prompts });
  } finally {
    await engine.close();
  }
}

/** A problem set by its name in `reflection.json`, or by file. */
export async function openHeldOut(context: Context, wanted: string): Promise<HeldOut> {
  const { config, dir } = await readWorkspace(context.workspace);
  const named = Object.hasOwn(config.problemSets, wanted) ? config.problemSets[wanted] : undefined;
  const file = named === undefined ? path.resolve(wanted) : path.resolve(dir, named);
  const { problems, identity, faults } = await readProblemSet(file, context.signal);
  // A row that is left out is not held out; a missing gold answer does no harm here.
  tellFaults(
    context.output,
    faults.filter(({ severity }) => severity === 'error'),
  );
  return createHeldOut({ name: identity.name, sha256: identity.sha256, path: file }, problems);
}

/** The set that a run was held to; it must be the same still. */
export async function reopenHeldOut(
  context: Context,
  { path: file, sha256, name }: { path?: string | undefined; sha256: string; name: string },
): Promise<HeldOut> {
  const found = file === undefined ? null : await openHeldOut(context, file);
  if (found?.sha256 === sha256) return found;
  throw new UserError('held-out-changed', `The held-out set ${name} is not what it was when the run began.`, {
    ...(file === undefined ? {} : { place: { file } }),
    remedy: 'Put the file back, or run the original command again in a new run directory.',
  });
}
