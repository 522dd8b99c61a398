/** Finding a Python that can run the trainer. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf, UserError } from '../../core/errors.ts';
import { packageRoot } from '../packageRoot.ts';

/** An interpreter and the environment under which it finds `reflection_trainer`. */
export interface TrainerPython {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  /** `3.11.7`. */
  readonly version: string;
}

const PROBE = [
  'import importlib.util as u, platform',
  'missing = [m for m in ("reflection_trainer", "torch", "transformers", "trl", "datasets", "jsonschema", "gguf", "peft", "psutil", "math_verify") if u.find_spec(m) is None]',
  'print(platform.python_version(), *missing)',
].join('\n');

const INSTALL = 'python3 -m venv .venv && .venv/bin/pip install -r scripts/trainer/requirements.txt';

/**
 * The interpreter that was asked for, `REFLECTION_PYTHON`, the project's own `.venv`, or `python3`, whichever comes
 * first; it must be 3.11 or newer and hold the trainer's packages.
 * @throws UserError `python-missing` | `python-old` | `python-packages`
 */
export async function findTrainerPython(asked?: string, signal?: AbortSignal): Promise<TrainerPython> {
  const command = candidate(asked);
  const env = { PYTHONPATH: path.join(packageRoot(), 'scripts', 'trainer') };
  const remedy = `Run "npm run setup" in ${packageRoot()}, or: ${INSTALL}; another interpreter is named by the setting reflection.python or by REFLECTION_PYTHON.`;
  const words = await probe(command, env, remedy, signal);
  const [version = '', ...missing] = words;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 3 || (major === 3 && minor < 11)) {
    throw new UserError('python-old', `${command} is Python ${version}; training needs 3.11 or newer`, {
      remedy,
    });
  }
  if (missing.length > 0) {
    throw new UserError('python-packages', `${command} lacks ${missing.join(', ')}`, { remedy });
  }
  return { command, env, version };
}

function candidate(asked: string | undefined): string {
  const named = asked || process.env.REFLECTION_PYTHON;
  if (named) return named;
  const windows = process.platform === 'win32';
  const own = path.join(packageRoot(), '.venv', windows ? 'Scripts/python.exe' : 'bin/python');
  return existsSync(own) ? own : windows ? 'python' : 'python3';
}

async function probe(
  command: string,
  env: Record<string, string>,
  remedy: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(command, ['-c', PROBE], {
      env: { ...process.env, ...env },
      ...(signal ? { signal } : {}),
    });
    return stdout.trim().split(/\s+/);
  } catch (error) {
    throw new UserError('python-missing', `${command} could not be run: ${messageOf(error).split('\n')[0]}`, {
      remedy,
      cause: error,
    });
  }
}
