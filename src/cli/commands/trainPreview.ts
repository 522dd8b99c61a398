/** `train --estimate` and `train --dry-run`: what would happen, before anything starts. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { TrainConfig } from '../../core/schema/trainConfig.ts';
import { estimateLines, quoteArgument } from '../../core/training/index.ts';
import { estimateTraining, type TrainerPython, trainerLaunch } from '../../node/training/index.ts';
import type { Context } from '../context.ts';
import { table } from '../tables.ts';

export async function showEstimate(
  context: Context,
  config: TrainConfig,
  dir: string,
  python: TrainerPython,
): Promise<void> {
  const found = await estimateTraining(config, dir, python, context.signal);
  const lines = estimateLines(found);
  for (const warning of [...found.warnings, ...found.advice]) context.output.warn(warning);
  context.output.result(found, table([config.recipe, ''], lines));
}

/** Shows the complete configuration, the command, and the launcher's configuration where there is one. */
export async function showLaunch(
  context: Context,
  config: TrainConfig,
  dir: string,
  interpreter: string,
): Promise<void> {
  const plan = trainerLaunch(config, dir);
  const command = [interpreter, ...plan.args];
  const variables = Object.entries(plan.env).map(([name, value]) => `${name}=${value}`);
  const launcherConfig = plan.configFile === null ? null : await readFile(plan.configFile, 'utf8');
  const text = [
    JSON.stringify(config, null, 2),
    '',
    `${plan.launcher}: ${[...variables, ...command.map(quoteArgument)].join(' ')}`,
    ...plan.beside.map(({ what, command: words }) => `${what}: ${words.map(quoteArgument).join(' ')}`),
    ...(plan.configFile === null ? [] : ['', `${basename(plan.configFile)}:`, launcherConfig ?? '']),
  ].join('\n');
  const { launcher, env, configFile, beside } = plan;
  context.output.result(
    { config, runDir: dir, launcher, command, env, configFile, launcherConfig, beside },
    text,
  );
}
