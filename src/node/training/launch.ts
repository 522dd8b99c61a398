/** Starting the trainer so that it outlives the terminal and the window that started it. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { TrainerPython } from './python.ts';

/** What the trainer prints, beside its events. */
export const TRAINER_LOG = 'trainer.log';

/** A trainer that was just started. */
export interface StartedTrainer {
  readonly pid: number;
  /** Settles when the process ends while we still watch; never rejects. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/**
 * Starts `python -m reflection_trainer --config RUN/config.json` in a session and process group of its own, with its
 * output in `RUN/trainer.log`. Starting again in the same directory resumes from the last complete checkpoint.
 */
export async function startTrainer(runDir: string, python: TrainerPython): Promise<StartedTrainer> {
  const log = openSync(path.join(runDir, TRAINER_LOG), 'a');
  try {
    const child = spawn(
      python.command,
      ['-m', 'reflection_trainer', '--config', path.join(runDir, 'config.json')],
      {
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...process.env, ...python.env, PYTHONUNBUFFERED: '1' },
      },
    );
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
