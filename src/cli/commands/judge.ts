/** `judge`: a strong model scores how well a run's solutions reflect, and the rule score is held against it. */
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { JudgeReport } from '../../core/schema/judge.ts';
import { connectEngine } from '../../node/engines/index.ts';
import { type JudgeOutcome, judge } from '../../node/pipeline/index.ts';
import { resolveRun } from '../../node/runs/index.ts';
import { readWorkspace, resolveModel } from '../../node/workspace/index.ts';
import { type CommonOptions, common, createContext, twoNumbers, wholeNumber } from '../context.ts';
import { EXIT } from '../exitCodes.ts';
import type { Progress } from '../output.ts';
import { table } from '../tables.ts';

interface JudgeCommandOptions extends CommonOptions {
  readonly judge: string;
  readonly gold: boolean;
  readonly limit?: number;
  readonly seed: number;
  readonly maxTokens: number;
  readonly prices?: [number, number];
}

export function registerJudge(program: Command, signal: AbortSignal): void {
  common(
    program
      .command('judge')
      .argument('<run>', 'run whose solutions are judged')
      .requiredOption('--judge <model>', 'the judge: a name in reflection.json, or openai:MODEL@URL')
      .option('--no-gold', 'do not show the right answer to the judge, as in the paper')
      .option('--limit <traces>', 'judge only so many, drawn by the seed (default: all)', wholeNumber(1))
      .option('--seed <n>', 'which traces, and the seed of the judge', wholeNumber(0), 0)
      .option('--max-tokens <n>', "tokens of the judge's answer at most", wholeNumber(1), 2048)
      .option('--prices <in:out>', 'per million tokens, to count the cost', prices)
      .description(
        'Score the reflections of a run with an LLM judge, and tell how far the rule score agrees. Judgements are kept: none is paid twice.',
      ),
  ).action(async (name: string, options: JudgeCommandOptions) => {
    const context = createContext(options, signal);
    const dir = await resolveRun(context.workspace, name);
    const { config } = await resolveModel(await readWorkspace(context.workspace), options.judge);
    const engine = await connectEngine(config, context.signal, { onWarning: context.output.warn });
    let bar: Progress | undefined;
    try {
      const outcome = await judge({
        dir,
        engine,
        showGold: options.gold,
        limit: options.limit ?? null,
        seed: options.seed,
        maxTokens: options.maxTokens,
        ...(options.prices === undefined ? {} : { prices: options.prices }),
        signal: context.signal,
        onProgress: (done, total) => {
          bar ??= context.output.progress('judged', total, done);
          bar.update(done);
        },
      });
      bar?.stop();
      const again = context.commandLine.join(' ');
      if (outcome.report === null) {
        process.exitCode = EXIT.interrupted;
        context.output.note(`stopped; judgements are kept. Go on with: ${again}`);
        return;
      }
      for (const { solutionId, error } of outcome.failed.slice(0, 3)) {
        context.output.warn(`${solutionId}: ${error}`);
      }
      if (outcome.failed.length > 0) {
        process.exitCode = EXIT.withFailedSamples;
        context.output.warn(`${outcome.failed.length} requests failed; try them again with: ${again}`);
      }
      context.output.result({ file: outcome.file, ...outcome.report }, reportText(outcome, outcome.report));
    } finally {
      bar?.stop();
      await engine.close();
    }
  });
}

/** `2.5:10` */
function prices(text: string): [number, number] {
  const pair = twoNumbers(text);
  if (pair !== undefined) return pair;
  throw new InvalidArgumentError('expected two prices such as 2.5:10.');
}

function reportText({ file, wanted }: JudgeOutcome, report: JudgeReport): string {
  const { agreement, cost, fallbacks, withoutReflection, rows } = report;
  const share = (value: number | null) => (value === null ? 'undefined' : `${(100 * value).toFixed(1)} %`);
  const number = (value: number | null) => (value === null ? 'undefined' : value.toFixed(2));
  return [
    table(
      ['score', 'mean', 'P1 violated'],
      [
        ['judge', number(agreement.meanJudge), String(agreement.p1Judge)],
        ['rule', number(agreement.meanRule), String(agreement.p1Rule)],
      ],
    ),
    '',
    `${rows.length} of ${wanted} traces judged, ${agreement.pairs} with both scores; ${withoutReflection} finished ones do not reflect`,
    ...(fallbacks > 0 ? [`${fallbacks} answers of the judge could not be read twice: 5, not counted`] : []),
    `rank correlation (Spearman) ${number(agreement.spearman)}`,
    `agreement on P1 ${share(agreement.p1Agreement)}, beyond chance (kappa) ${number(agreement.p1Kappa)}`,
    `${cost.requests} requests, ${cost.promptTokens} + ${cost.completionTokens} tokens${cost.amount === null ? '' : `, cost ${cost.amount.toFixed(4)}`}; ${cost.cached} judgements were there already`,
    path.relative(process.cwd(), file),
  ].join('\n');
}
