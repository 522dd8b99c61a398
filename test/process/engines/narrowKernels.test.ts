/** Tiny models get kernels that suit them, where llama.cpp would pick others. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { root } from './models.ts';

it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'are all of the package but the wide ones, and llama.cpp runs with them',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'reflection-kernels-'));
    try {
      const at = (file: string) => JSON.stringify(pathToFileURL(path.join(root, file)).href);
      const script = path.join(folder, 'look.mjs');
      writeFileSync(
        script,
        `import { hasNarrowKernels, useNarrowKernels } from ${at('src/node/inference/narrowKernels.ts')};
         useNarrowKernels(${JSON.stringify(folder)});
         const { getLlama } = await import(${at('node_modules/node-llama-cpp/dist/index.js')});
         const llama = await getLlama({ gpu: false, build: 'never', progressLogs: false });
         process.stdout.write(llama.systemInfo + ' narrow: ' + hasNarrowKernels(), () => process.exit());`,
      );
      const told = execFileSync(process.execPath, [script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(told).toContain('SSE3 = 1');
      expect(told).not.toContain('AVX512');
      expect(told).toContain('narrow: true');
      const [bins = ''] = readdirSync(path.join(folder, 'kernels')).filter((name) => name !== 'index.mjs');
      const whole = readdirSync(path.join(root, 'node_modules/@node-llama-cpp/linux-x64/bins', bins));
      const left = readdirSync(path.join(folder, 'kernels', bins));
      const taken = whole.filter((file) => !left.includes(file));
      expect(taken.length).toBeGreaterThan(3);
      for (const file of taken) expect(file).toMatch(/^libggml-cpu-(?!haswell|x64|sse42|alderlake)/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it('are not claimed where they are not', () => {
  const script = `
    import { hasNarrowKernels, useNarrowKernels } from ${JSON.stringify(pathToFileURL(path.join(root, 'src/node/inference/narrowKernels.ts')).href)};
    useNarrowKernels('/nowhere');
    process.stdout.write(String(hasNarrowKernels()));`;
  const told = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect(told).toBe('false');
});
