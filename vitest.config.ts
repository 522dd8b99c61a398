import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** So that none of them is begun when the others are done. Files that are not here come in Vitest's own order. */
const LONGEST = [
  'pipeline/kill',
  'cli/interruption',
  'cli/generation',
  'engines/transformersServe',
  'cli/sampleKinds',
  'pipeline/nano',
  'engines/llamaBrokenFiles',
  'engines/llama',
  'cli/training',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((name) => moduleId.endsWith(`test/process/${name}.test.ts`));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    // Tests measure and hash like everything else, and leave the user's cache alone.
    env: { REFLECTION_CACHE_DIR: path.join(import.meta.dirname, 'node_modules/.cache/reflection-tests') },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          globalSetup: 'test/process/build.ts',
          // Real child processes and servers: they wait for each other and for the disk as often as they compute.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
