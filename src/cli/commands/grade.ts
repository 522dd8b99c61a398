/** `grade`: rows of golds and answers, or a run under another policy. */
import { stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { GRADING_POLICIES, type GradingPolicy } from '../../core/answers/index.ts';
import { type AnswerMode, answerModeSchema } from '../../core/schema/problem.ts';
import { type GradedRow, gradeFile } from '../../node/grading/gradeFile.ts';
import { regradeRun } from '../../node/grading/regradeRun.ts';
import { resolveRun } from '../../node/runs/index.ts';
import { type CommonOptions, common, createContext } from '../context.ts';
import { EXIT } from '../exitCodes.ts';

interface GradeOptions extends CommonOptions {
  readonly policy: GradingPolicy;
  readonly mode?: AnswerMode;
}

export function registerGrade(program: Command, signal: AbortSignal): void {
  common(
    program
      .command('grade')
      .argument('<file>', 'JSONL rows {gold, pred, mode?, policy?}, or a run')
      .addOption(
        new Option('--policy <name>', `one of ${Object.keys(GRADING_POLICIES).join(', ')}`)
          .argParser(policyNamed)
          .default(policyNamed('default'), 'default'),
      )
      .addOption(new Option('--mode <mode>', 'of rows that name none').choices(answerModeSchema.options))
      .description('Grade rows of golds and answers, or grade a run again; its own grades stay as they are.'),
  ).action(async (file: string, options: GradeOptions) => {
    const isFile = await stat(file).then(
      (stats) => stats.isFile(),
      () => /\.(?:jsonl|ndjson)$/.test(file),
    );
    if (isFile) await gradeRows(file, options, signal);
    else await gradeRun(file, options, signal);
  });
}

function policyNamed(name: string): GradingPolicy {
  const policy = GRADING_POLICIES[name];
  if (policy !== undefined) return policy;
  throw new InvalidArgumentError(`expected one of ${Object.keys(GRADING_POLICIES).join(', ')}.`);
}

async function gradeRows(file: string, options: GradeOptions, signal: AbortSignal): Promise<void> {
  const { output } = createContext(options, signal);
  const { policy, mode } = options;
  const show = (row: GradedRow) => output.row(row, rowText(row));
  const summary = await gradeFile(file, show, { policy, signal, ...(mode === undefined ? {} : { mode }) });
  for (const { line, field, message, remedy } of summary.faults) {
    output.warn(`${file}:${line}: ${field === null ? '' : `field "${field}": `}${message}. ${remedy}`);
  }
  const { rows, correct, incorrect, undetermined, doubtful } = summary;
  output.note(
    `${rows} graded by policy ${policy.name}: ${correct} correct, ${incorrect} incorrect, ${undetermined} undetermined; ${doubtful} in doubt`,
  );
  if (summary.faults.length > 0) process.exitCode = EXIT.withFailedSamples;
}

function rowText({ grade, reason, layer, normalised, doubt }: GradedRow): string {
  const why = reason === 'equal' || reason === 'differs' ? layer : reason;
  const marks = doubt.length === 0 ? '' : `  [${doubt.join(', ')}]`;
  return `${grade.padEnd(12)} ${why.padEnd(14)} ${normalised.gold ?? '-'}  |  ${normalised.answer ?? '-'}${marks}`;
}

async function gradeRun(name: string, options: GradeOptions, signal: AbortSignal): Promise<void> {
  const { workspace, output } = createContext(options, signal);
  const dir = await resolveRun(workspace, name);
  let bar: ReturnType<typeof output.progress> | undefined;
  const report = await regradeRun(dir, options.policy, {
    signal,
    onProgress(done, total) {
      bar ??= output.progress('grading', total);
      bar.update(done);
    },
  });
  bar?.stop();
  const changes = Object.entries(report.changes).map(([change, count]) => `  ${count} ${change}`);
  const text = changes.length === 0 ? '  no grade changed' : changes.join('\n');
  output.result(
    report,
    `${report.samples} samples graded by policy ${report.policy.name}:\n${text}\n${report.file}`,
  );
}
