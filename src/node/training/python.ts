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

/**
 * The interpreter that was asked for, or `REFLECTION_PYTHON`; where neither is named, the first of the `.venv` of the
 * folder, the workbench's own `.venv` and `python3` that is 3.11 or newer and holds the trainer's packages.
 * @throws UserError `python-missing` | `python-old` | `python-packages`, of the first that there is
 */
export async function findTrainerPython(
  asked?: string,
  signal?: AbortSignal,
  folder = process.cwd(),
): Promise<TrainerPython> {
  let first: unknown;
  for (const command of candidates(asked, folder)) {
    try {
      return await checked(command, signal);
    } catch (thrown) {
      signal?.throwIfAborted();
      first ??= thrown;
    }
  }
  throw first;
}

async function checked(command: string, signal: AbortSignal | undefined): Promise<TrainerPython> {
  const env = { PYTHONPATH: path.join(packageRoot(), 'scripts', 'trainer') };
  const words = await probe(command, env, signal);
  const [version = '', ...missing] = words;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 3 || (major === 3 && minor < 11)) {
    throw new UserError('python-old', `${command} is Python ${version}; training needs 3.11 or newer`, {
      remedy: remedy(),
    });
  }
  if (missing.length > 0) {
    throw new UserError('python-packages', `${command} lacks ${missing.join(', ')}`, { remedy: remedy() });
  }
  return { command, env, version };
}

/** What works in any folder, with an installed extension as with a checkout. */
function remedy(): string {
  const requirements = path.join(packageRoot(), 'scripts', 'trainer', 'requirements.txt');
  return `In your folder: python3 -m venv .venv && .venv/bin/pip install -r '${requirements}'; or name another interpreter by the setting reflection.python or by REFLECTION_PYTHON.`;
}

function candidates(asked: string | undefined, folder: string): string[] {
  const named = asked || process.env.REFLECTION_PYTHON;
  if (named) return [named];
  const isWindows = process.platform === 'win32';
  const own = [folder, packageRoot()].map((dir) =>
    path.join(dir, '.venv', isWindows ? 'Scripts/python.exe' : 'bin/python'),
  );
  return [...new Set(own)].filter((file) => existsSync(file)).concat(isWindows ? 'python' : 'python3');
}

async function probe(
  command: string,
  env: Record<string, string>,
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
      remedy: remedy(),
      cause: error,
    });
  }
}
