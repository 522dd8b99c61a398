/**
 * How often a critique's finding lands on the step that people labelled as the first error.
 *
 *   node test/bench/anchors.ts FILE      FILE: MR-Ben's mathematics subset, JSONL
 *
 * The critique text is the labeller's reason, the truth their first error step. Beside our anchors it shows what step
 * numbers alone would give, and how confidence and precision go together.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readCritique, type Step, splitSteps, stepsNamed } from '../../src/core/reflection/index.ts';
import type { Finding } from '../../src/core/schema/lines.ts';

const rowSchema = z.object({
  Model_Solution_Steps: z.array(z.string()),
  Model_Solution_Correctness: z.string(),
  Model_Solution_First_Error_Step: z.string(),
  /** Empty text where the solution is right. */
  Model_Solution_Error_Reason: z.union([z.array(z.string()), z.string()]),
});

/** One critique: what we pointed at (`null`: abstained), and what is true. */
interface Outcome {
  readonly finding: Finding | null;
  readonly isHit: boolean;
  /** Whether the first step that the critique names is the labelled one; `null`: it names none. */
  readonly isNamedHit: boolean | null;
}

function outcomes(file: string): Outcome[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => rowSchema.parse(JSON.parse(line)))
    .filter((row) => row.Model_Solution_Correctness === 'incorrect')
    .flatMap((row) => {
      const solution = row.Model_Solution_Steps.join('\n');
      const steps = splitSteps(solution);
      const truth = steps.find((step) => step.number === Number(row.Model_Solution_First_Error_Step));
      return [row.Model_Solution_Error_Reason]
        .flat()
        .map((reason) => judge(reason.trim(), solution, steps, truth));
    });
}

function judge(reason: string, solution: string, steps: readonly Step[], truth: Step | undefined): Outcome {
  const blamed = readCritique(reason, solution, [0, solution.length])
    .findings.filter((finding) => finding.kind !== 'confirmed' && finding.anchor !== 'whole')
    .toSorted((a, b) => b.confidence - a.confidence);
  const finding = blamed[0] ?? null;
  const isHit =
    finding !== null &&
    truth !== undefined &&
    finding.span[0] >= truth.span[0] &&
    finding.span[1] <= truth.span[1];
  const [named] = stepsNamed(reason, steps);
  return { finding, isHit, isNamedHit: named === undefined ? null : named === truth };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '   -  ' : `${((100 * part) / whole).toFixed(1).padStart(5)} %`;
}

function report(all: readonly Outcome[]): void {
  const named = all.filter((outcome) => outcome.isNamedHit !== null);
  const anchored = all.filter((outcome) => outcome.finding !== null);
  const hits = (some: readonly Outcome[]) => some.filter((outcome) => outcome.isHit).length;
  const namedHits = named.filter((outcome) => outcome.isNamedHit).length;
  console.log(`${all.length} critiques of solutions with a labelled first error step\n`);
  console.log('                      top-1    abstains  precision');
  console.log(
    `step number alone    ${percent(namedHits, all.length)}   ${percent(all.length - named.length, all.length)}   ${percent(namedHits, named.length)}`,
  );
  console.log(
    `this workbench       ${percent(hits(anchored), all.length)}   ${percent(all.length - anchored.length, all.length)}   ${percent(hits(anchored), anchored.length)}\n`,
  );
  console.log('by anchor             count   precision');
  for (const [anchor, some] of Map.groupBy(anchored, (outcome) => outcome.finding?.anchor ?? 'whole')) {
    console.log(
      `${anchor.padEnd(20)} ${String(some.length).padStart(6)}   ${percent(hits(some), some.length)}`,
    );
  }
  console.log('\nconfidence            count   precision');
  for (let low = 0.4; low < 1; low += 0.1) {
    const some = anchored.filter(({ finding }) => {
      const confidence = finding?.confidence ?? 0;
      return confidence >= low && confidence < low + 0.1;
    });
    console.log(
      `${low.toFixed(1)} to ${(low + 0.1).toFixed(1)}           ${String(some.length).padStart(6)}   ${percent(hits(some), some.length)}`,
    );
  }
}

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node test/bench/anchors.ts FILE');
  process.exitCode = 2;
} else {
  report(outcomes(file));
}
