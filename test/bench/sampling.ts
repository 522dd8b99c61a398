/**
 * What sampling costs: tokens per second of our engine against plain parallel use of node-llama-cpp on the same file, and
 * requests per second of the engine for servers.
 *
 *   npm run bench -- sampling                       the embedded model, and a random q8_0 one of about 100M parameters
 *   npm run bench -- sampling --quick               the embedded model only
 *   npm run bench -- sampling --model FILE          a GGUF file instead
 *   npm run bench -- sampling --llama-server PATH   also llama.cpp's own server on the same file and settings
 *
 * Besides tokens per second the processors' time for one token, over all processes: on a busy machine it says more.
 * Each figure is taken after a warm-up, over all generated tokens, the prompts' evaluation included; for a small model it
 * is the best of three runs. Nothing else should run on the machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { engineFigures, type Figure, llamaServerFigures, plainFigures } from './parts/generation.ts';
import { serverClientFigures } from './parts/serverClient.ts';

const root = path.resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    quick: { type: 'boolean', default: false },
    widths: { type: 'string', default: '1,8,32' },
    'max-tokens': { type: 'string' },
    'llama-server': { type: 'string' },
    requests: { type: 'string', default: '20000' },
    json: { type: 'boolean', default: false },
  },
});

interface Subject {
  readonly file: string;
  readonly longest: number;
}

function subjects(folder: string): Subject[] {
  const longest = (otherwise: number) => Number(options['max-tokens'] ?? otherwise);
  if (options.model !== undefined) return [{ file: options.model, longest: longest(60) }];
  const nano = { file: path.join(root, 'media/models/nano.gguf'), longest: longest(120) };
  if (options.quick) return [nano];
  const file = path.join(folder, 'random-100m-q8_0.gguf');
  const maker = path.join(root, 'test/fixtures/gguf/make_gguf.py');
  execFileSync(path.join(root, '.venv/bin/python'), [maker, file, '--size', 'bench'], { stdio: 'inherit' });
  return [nano, { file, longest: longest(40) }];
}

function table(figures: readonly Figure[]): object[] {
  return figures.map((figure) => {
    const plain = figures.find(
      ({ model, how, width }) => model === figure.model && how.startsWith('plain') && width === figure.width,
    );
    const times = plain === undefined ? '' : (figure.tokensPerSecond / plain.tokensPerSecond).toFixed(1);
    const { cpuMsPerToken, ...shown } = figure;
    return { ...shown, timesPlain: times, cpuMsPerToken };
  });
}

const folder = mkdtempSync(path.join(tmpdir(), 'reflection-bench-'));
// Choices are measured anew.
process.env.REFLECTION_CACHE_DIR = path.join(folder, 'cache');
try {
  const figures: Figure[] = [];
  const note = (figure: Figure) => {
    figures.push(figure);
    console.error(
      `${figure.model}, ${figure.how}, ${figure.width} at a time: ${figure.tokensPerSecond}/s, ${figure.cpuMsPerToken} ms`,
    );
  };
  const widths = options.widths.split(',').map(Number);
  for (const { file, longest } of subjects(folder)) {
    const task = { file, longest, widths, note };
    await plainFigures(task);
    await engineFigures(task);
    if (options['llama-server'] !== undefined) await llamaServerFigures(task, options['llama-server']);
  }
  const client = await serverClientFigures(256, Number(options.requests));
  if (options.json) console.log(JSON.stringify({ figures, client }, null, 2));
  else {
    const processor = cpus()[0]?.model ?? 'unknown processor';
    console.log(`${availableParallelism()} cores, ${processor}; tokens per second`);
    console.table(table(figures));
    console.log('The engine for servers, against a server that answers at once');
    console.table([client]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
