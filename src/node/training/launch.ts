/** Starting the trainer so that it outlives the terminal and the window that started it. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import { type TrainConfig, trainConfigSchema } from '../../core/schema/trainConfig.ts';
import { type LaunchPlan, launchPlan } from '../../core/training/index.ts';
import { packageRoot } from '../packageRoot.ts';
import { CONFIG_FILE } from './createTrainingRun.ts';
import type { TrainerPython } from './python.ts';

/** What the trainer prints, beside its events. */
export const TRAINER_LOG = 'trainer.log';

/** A trainer that was just started. */
export interface StartedTrainer {
  readonly pid: number;
  /** Settles when the process ends while we still watch; never rejects. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** How the trainer of a run directory is started, with the shipped configurations of accelerate. */
export function trainerLaunch(config: TrainConfig, runDir: string): LaunchPlan {
  const folder = path.join(packageRoot(), 'scripts', 'trainer', 'configs');
  return launchPlan(config, path.join(runDir, CONFIG_FILE), folder);
}

async function plannedLaunch(runDir: string): Promise<LaunchPlan> {
  const file = path.join(runDir, CONFIG_FILE);
  // A configuration that does not parse is named by the trainer itself, in its events.
  const parsed = trainConfigSchema.safeParse(
    await readFile(file, 'utf8')
      .then((text): unknown => JSON.parse(text))
      .catch(() => null),
  );
  if (parsed.success) return trainerLaunch(parsed.data, runDir);
  return {
    launcher: 'python',
    args: ['-m', 'reflection_trainer', '--config', file],
    env: {},
    configFile: null,
    beside: [],
  };
}

/**
 * Starts `python -m reflection_trainer --config RUN/config.json`, or what launches several of it, in a session and process group of its own, with its
 * output in `RUN/trainer.log`. Starting again in the same directory resumes from the last complete checkpoint.
 */
export async function startTrainer(runDir: string, python: TrainerPython): Promise<StartedTrainer> {
  const plan = await plannedLaunch(runDir);
  const log = openSync(path.join(runDir, TRAINER_LOG), 'a');
  try {
    const child = spawn(python.command, [...plan.args], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...python.env, ...plan.env, PYTHONUNBUFFERED: '1' },
    });
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.on('exit', (code, signal) => resolve({ code, signal }));
      child.on('error', () => resolve({ code: null, signal: null }));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    return { pid: child.pid ?? 0, ended };
  } catch (error) {
    throw new UserError('trainer-start', `the trainer could not be started with ${python.command}`, {
      remedy: 'Run "reflection doctor" to see what is missing.',
      cause: error,
    });
  } finally {
    closeSync(log);
  }
}
