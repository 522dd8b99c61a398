/** The trainer's Python: a virtual environment in .venv with pinned packages. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { once, root, run, stampOf } from './steps.mjs';

const TORCH = 'torch==2.13.0';
/** PyTorch's own index of builds without CUDA: 200 MB instead of several GB. */
const CPU_BUILDS = 'https://download.pytorch.org/whl/cpu';

export const venv = path.join(root, '.venv');
export const venvPython =
  process.platform === 'win32' ? path.join(venv, 'Scripts', 'python.exe') : path.join(venv, 'bin', 'python');

/** [major, minor] of a Python command; undefined when it is not one. */
function pythonVersion(command) {
  const asked = spawnSync(command, ['-c', 'import sys; print(*sys.version_info[:2])'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim().split(' ').map(Number) : undefined;
}

function findPython() {
  const named = process.env.REFLECTION_PYTHON;
  const candidates = named ? [named] : ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];
  for (const command of candidates) {
    const version = pythonVersion(command);
    if (version && version[0] === 3 && version[1] >= 11) return command;
  }
  throw new Error(
    `Training needs Python 3.11 or newer; tried ${candidates.join(', ')}. ` +
      'Install it (Debian: "apt-get install python3 python3-venv"; macOS: "brew install python"; Windows: "winget install Python.Python.3.12"), ' +
      'or set REFLECTION_PYTHON to one, and run the command again.',
  );
}

function hasGpu() {
  return spawnSync('nvidia-smi', ['-L'], { stdio: 'ignore' }).status === 0;
}

const pip = (...args) =>
  run(venvPython, ['-m', 'pip', 'install', '--disable-pip-version-check', '-q', ...args]);

/** torch first and alone: which build is right depends on the machine, not on the lock file. */
async function installTorch() {
  const attempts = [
    // Wheels that the machine's own pip configuration offers (clusters without a network).
    ['--no-index', '--no-deps', TORCH],
    ...(process.platform === 'linux' && !hasGpu()
      ? [['--retries', '0', '--index-url', CPU_BUILDS, TORCH]]
      : []),
    [TORCH],
  ];
  for (const [index, attempt] of attempts.entries()) {
    const last = index === attempts.length - 1;
    try {
      await (last
        ? pip(...attempt)
        : run(venvPython, ['-m', 'pip', 'install', '--disable-pip-version-check', '-q', ...attempt], {
            stdio: 'ignore',
          }));
      return;
    } catch (error) {
      if (last) throw error;
    }
  }
}

export async function ensurePython() {
  const requirements = ['scripts/trainer/requirements.txt', 'scripts/trainer/requirements-dev.txt'];
  const present = requirements.filter((file) => existsSync(path.join(root, file)));
  await once(path.join(root, '.venv', '.reflection-stamp'), stampOf(present, TORCH), async () => {
    const python = findPython();
    console.error('Setting up Python in .venv (about 1.5 GB; some minutes the first time) ...');
    if (!existsSync(venvPython)) {
      rmSync(venv, { recursive: true, force: true });
      try {
        execFileSync(python, ['-m', 'venv', venv], { stdio: ['ignore', 'inherit', 'inherit'] });
      } catch {
        throw new Error(
          `"${python} -m venv" failed. On Debian and Ubuntu run "apt-get install python3-venv" first.`,
        );
      }
    }
    await installTorch();
    await pip(...present.flatMap((file) => ['-r', path.join(root, file)]));
  });
}
