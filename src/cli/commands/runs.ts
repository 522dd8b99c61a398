/** `runs`, `show`, `watch`, `stop`: what there is, and what is going on. */
import { type Command, Option } from 'commander';
import { UserError } from '../../core/errors.ts';
import { type RunSummaries, summariesOf } from '../../node/comparison/runSummary.ts';
import {
  isProcessAlive,
  listRuns,
  readRunState,
  resolveRun,
  runsRoot,
  summariseRun,
} from '../../node/runs/index.ts';
import { stopProcess } from '../../node/training/index.ts';
import { summaryText } from '../comparisonText.ts';
import { type CommonOptions, common, createContext, wholeNumber } from '../context.ts';
import { EXIT } from '../exitCodes.ts';
import { followRun } from '../follow.ts';
import type { LiveOptions } from '../live.ts';
import { progressText, runRow, statusMark } from '../runLine.ts';
import { table } from '../tables.ts';
import {
  leftOutLines,
  type MetricsOptions,
  metricsOptions,
  metricsSettings,
  textFormat,
  unbiasedLines,
  withJson,
} from './evaluate.ts';
import { showReflections } from './reflections.ts';

interface ShowOptions extends CommonOptions, MetricsOptions {
  readonly by?: 'level' | 'subject';
  readonly reflections?: string | true;
}

export function registerRuns(program: Command, signal: AbortSignal): void {
  common(program.command('runs').description('List the runs of the workspace, newest first.')).action(
    async (options: CommonOptions) => {
      const { workspace, output } = createContext(options, signal);
      const { runs, faults } = await listRuns(runsRoot(workspace));
      for (const fault of faults) output.warn(`${fault.dir}: ${fault.message}`);
      const text =
        runs.length === 0
          ? `No runs under ${runsRoot(workspace)}. Start one: reflection evaluate SET --model nano`
          : table(['', 'run', 'kind', 'title', 'state', ''], runs.map(runRow));
      output.result(
        runs.map(({ id, dir, manifest, state }) => ({
          id,
          dir,
          kind: manifest.kind,
          title: manifest.title,
          ...brief(state),
        })),
        text,
      );
    },
  );

  const show = common(
    program
      .command('show')
      .argument('<run>', 'name, part of one, or directory')
      .addOption(
        new Option('--by <part>', 'metrics of each part of the problems').choices(['level', 'subject']),
      )
      .option(
        '--reflections [sample]',
        'instead: each reflection with its place and what it changed, and how sure each critique sounds',
      )
      .description('Show one run: settings, state, metrics with intervals.'),
  );
  metricsOptions(show).action(async (name: string, options: ShowOptions) => {
    const context = createContext(withJson(options), signal);
    const { workspace, output } = context;
    const dir = await resolveRun(workspace, name);
    if (options.reflections !== undefined) {
      await showReflections(context, dir, options.reflections);
      return;
    }
    const { manifest, state } = await summariseRun(dir);
    const settings = await metricsSettings(workspace, options);
    const {
      summary,
      parts,
      faults,
      leftOut,
      unbiased = null,
    } = manifest.kind === 'train'
      ? NOTHING
      : await summariesOf(dir, {
          ...settings,
          ...(options.by && { by: options.by }),
          signal,
          onFill: (bytes) => output.note(`indexing ${megabytes(bytes)} of samples`),
          onRead: (bytes) => output.note(`counting reflections in ${megabytes(bytes)} of samples, once`),
        });
    for (const fault of faults) output.warn(`${fault.file}:${fault.line}: ${fault.message}`);
    const about = [
      `${statusMark(state.status)} ${manifest.id}  ${state.status}  ${progressText(state)}`,
      `  ${manifest.kind} "${manifest.title}", seed ${manifest.seed}, n ${Math.max(manifest.n, state.n ?? 0)}, made ${manifest.createdAt}`,
      ...(manifest.model ? [`  model ${manifest.model.name} (${manifest.model.path})`] : []),
      ...(manifest.problemSet
        ? [`  problems ${manifest.problemSet.name}, ${manifest.problemSet.count}`]
        : []),
      ...(manifest.sampling ? [`  sampling ${JSON.stringify(manifest.sampling)}`] : []),
      ...state.checkpoints.map(({ path }) => `  checkpoint ${path}`),
      `  ${dir}`,
    ];
    output.result(
      {
        manifest,
        state,
        summary,
        ...(unbiased === null ? {} : { unbiased }),
        ...(options.by === undefined ? {} : { parts }),
      },
      [
        about.join('\n'),
        ...[summary, ...parts].flatMap((one) => (one === null ? [] : summaryText(one, textFormat(options)))),
        ...unbiasedLines(unbiased),
        ...leftOutLines(leftOut),
      ].join('\n\n'),
    );
  });

  common(
    program
      .command('watch')
      .argument('<run>', 'name, part of one, or directory')
      .option('--live', 'instead of a bar: texts as they grow, of a run that was started with --live')
      .description('Follow a run until it ends. Ctrl-C ends the watching, not the run.'),
  ).action(async (name: string, options: CommonOptions & LiveOptions) => {
    const context = createContext(options, signal);
    const dir = await resolveRun(context.workspace, name);
    const state = await followRun(context, dir, signal, 0, options.live);
    context.output.result(brief(state), `${statusMark(state.status)} ${state.status} ${progressText(state)}`);
    if (state.status === 'failed' || state.status === 'lost') process.exitCode = EXIT.failed;
  });

  common(
    program
      .command('stop')
      .argument('<run>', 'name, part of one, or directory')
      .option(
        '--grace <seconds>',
        'before it is killed; a trainer needs a step and a checkpoint',
        wholeNumber(1),
        120,
      )
      .description(
        'End a run in good order: finished samples and a checkpoint are kept, and it can be resumed.',
      ),
  ).action(async (name: string, options: CommonOptions & { grace: number }) => {
    const { workspace, output } = createContext(options, signal);
    const dir = await resolveRun(workspace, name);
    const { process: writer } = await readRunState(dir);
    if (!writer)
      throw new UserError('not-started', `${name} has not been started`, {
        remedy: 'There is nothing to stop.',
      });
    const outcome = await stopProcess(writer.pid, {
      graceSeconds: options.grace,
      isAlive: () => isProcessAlive(writer.pid, writer.processStart),
      signal,
    });
    output.result(
      { outcome, pid: writer.pid },
      outcome === 'not-running'
        ? 'It was not running.'
        : `${outcome}: process ${writer.pid} is ${outcome === 'survived' ? 'still there' : 'gone'}.`,
    );
    if (outcome === 'survived') process.exitCode = EXIT.failed;
  });
}

const NOTHING: RunSummaries = { summary: null, parts: [], faults: [], leftOut: [], unbiased: null };

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function brief(state: Awaited<ReturnType<typeof readRunState>>) {
  const { status, stage, done, total, step, totalSteps, lastLoss, etaSeconds, error } = state;
  return { status, stage, done, total, step, totalSteps, lastLoss, etaSeconds, error };
}
