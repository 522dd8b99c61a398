/** Runs of more samples than one call takes arguments: everything is made, and only then is anything lost. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryDir } from '../runs/fixtures.ts';

/** Kilobytes. With the stack of a usual process this would take ten times the samples. */
const STACK = 110;
const SAMPLES = { problems: 100, n: 150 };

const at = (file: string) =>
  JSON.stringify(pathToFileURL(path.resolve(import.meta.dirname, '../../..', file)).href);

it('an evaluation of more samples than a call takes arguments ends well', async () => {
  const script = `
    import { evaluate } from ${at('src/node/pipeline/index.ts')};
    import { identifyProblems } from ${at('src/node/problems/readProblems.ts')};
    import { nanoPrompts } from ${at('src/core/prompts/index.ts')};
    import { memoryEngine } from ${at('test/process/pipeline/memoryEngine.ts')};
    const problems = Array.from({ length: ${SAMPLES.problems} }, (_, at) =>
      ({ id: 'p' + at, problem: 'What is ' + at + '+1?', answer: String(at + 1), mode: 'math' }));
    const graded = { answer: '1', grade: 'incorrect', reason: 'r', layer: 'l', normalised: null, doubt: [] };
    const { counts } = await evaluate({
      dir: ${JSON.stringify(path.join(await temporaryDir(), 'run'))},
      problems,
      problemSet: identifyProblems('sums', null, problems),
      prompts: nanoPrompts,
      sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 20 },
      seed: 5,
      n: ${SAMPLES.n},
      engine: memoryEngine(),
      grader: { grade: () => Promise.resolve(graded) },
    });
    process.stdout.write(String(counts.made));`;
  const made = execFileSync(
    process.execPath,
    [`--stack-size=${STACK}`, '--input-type=module-typescript', '--eval', script],
    { encoding: 'utf8' },
  );
  expect(Number(made)).toBe(SAMPLES.problems * SAMPLES.n);
});
