/** `train` and the training half of `resume`: starts the trainer in its own session and follows it. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../../core/errors.ts';
import { reasoningPrompts } from '../../core/prompts/index.ts';
import type { RunState } from '../../core/runs/index.ts';
import type { Prompts } from '../../core/schema/run.ts';
import { newRunId, readRunState, runsRoot } from '../../node/runs/index.ts';
import {
  createTrainingRun,
  findTrainerPython,
  startTrainer,
  TRAINER_LOG,
  type TrainerPython,
  trainingConfig,
} from '../../node/training/index.ts';
import { readWorkspace, resolveModel, weightsDirectory } from '../../node/workspace/index.ts';
import { type CommonOptions, type Context, common, createContext, wholeNumber } from '../context.ts';
import { EXIT } from '../exitCodes.ts';
import { followRun } from '../follow.ts';
import { Interruption } from '../interruption.ts';
import { runArgument } from '../runArgument.ts';
import { progressText } from '../runLine.ts';
import { showEstimate, showLaunch } from './trainPreview.ts';

interface TrainOptions extends CommonOptions {
  readonly data: string;
  readonly model: string;
  readonly seed: number;
  readonly runDir?: string;
  readonly title?: string;
  readonly evaluateOn?: string;
  readonly set: Record<string, string>;
  readonly python?: string;
  readonly detach?: boolean;
  readonly estimate?: boolean;
  readonly dryRun?: boolean;
}

export function registerTrain(program: Command, signal: AbortSignal): void {
  common(
    program
      .command('train')
      .argument('<recipe>', 'name of a recipe such as scft-nano, or a JSON file')
      .requiredOption(
        '--data <file>',
        'dataset from "reflection sample"; a problem set or stored rollouts where the method trains on those',
      )
      .requiredOption(
        '--model <model>',
        'nano, a name in reflection.json, a .gguf file, a checkpoint or a Hugging Face directory',
      )
      .option('--run-dir <dir>', 'run directory; the same one resumes')
      .option('--title <text>', 'what to call it')
      .option('--seed <n>', 'seed', wholeNumber(0), 0)
      .option('--evaluate-on <file>', 'held-out problem set, measured at every checkpoint')
      .addOption(
        new Option(
          '--set <field=value>',
          'overrule a field such as epochs or rollouts.problems; may be repeated',
        )
          .argParser(collect)
          .default({}, 'what the recipe says'),
      )
      .option('--python <command>', 'interpreter for training')
      .option('--detach', 'start it and return')
      .option('--estimate', 'print steps, tokens, memory and disk, and start nothing')
      .option('--dry-run', 'print the complete configuration and the launch command, and start nothing')
      .description(
        'Train a model. It goes on when this terminal is closed; Ctrl-C stops it with a checkpoint.',
      ),
  ).action(async (recipe: string, options: TrainOptions) => {
    const context = createContext(options, signal);
    const asked = await askedTraining(context, recipe, options);
    if (options.dryRun) {
      const interpreter = await findTrainerPython(options.python, context.signal).then(
        ({ command }) => command,
        // The command is for a machine that may not be this one.
        () => options.python ?? 'python3',
      );
      await showLaunch(context, asked.config, asked.dir, interpreter);
      return;
    }
    // Before the run exists: one that cannot be started must not be left behind.
    const python = await findTrainerPython(options.python, context.signal);
    if (options.estimate) {
      await showEstimate(context, asked.config, asked.dir, python);
      return;
    }
    await createTrainingRun({ ...asked, commandLine: context.commandLine });
    await runTrainer(context, asked.dir, options, python);
  });
}

function collect(text: string, previous: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1)
    throw new UserError('usage', `--set ${text}: expected field=value`, {
      remedy: 'For example --set epochs=3.',
    });
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Everything about the run that was asked for; nothing is written yet. */
async function askedTraining(context: Context, recipe: string, options: TrainOptions) {
  const source = await trainableModel(context, options.model);
  const config = await trainingConfig({
    recipe,
    data: path.resolve(options.data),
    model: source.path,
    seed: options.seed,
    // The preset for reasoning models is a guess: the method's own prompts are better (spec B2).
    prompts: source.prompts === reasoningPrompts ? null : source.prompts,
    evaluationPath: options.evaluateOn === undefined ? null : path.resolve(options.evaluateOn),
    overrides: options.set,
  });
  const title = options.title ?? `${config.recipe} from ${source.name}`;
  const dir = path.resolve(
    options.runDir ?? path.join(runsRoot(context.workspace), newRunId(new Date(), 'train', title)),
  );
  const { name: modelName, parent: modelParent, prompts } = source;
  return { dir, title, config, modelName, modelParent, prompts };
}

/** What can be trained: weights on this disk. A checkpoint is trained from its full-precision weights, not its GGUF. */
async function trainableModel(
  context: Context,
  wanted: string,
): Promise<{ name: string; path: string; parent: string | null; prompts: Prompts }> {
  const workspace = await readWorkspace(context.workspace);
  const weights = await weightsDirectory(workspace, wanted);
  if (weights !== null) {
    return { name: path.basename(weights), path: weights, parent: null, prompts: reasoningPrompts };
  }
  const { config, checkpoint, prompts } = await resolveModel(workspace, wanted);
  if (config.engine !== 'llama') {
    throw new UserError('model-served', `"${wanted}" is a served model: its weights are not here`, {
      remedy: 'Give a Hugging Face directory, a GGUF file or a checkpoint.',
    });
  }
  return checkpoint
    ? { name: config.name, path: checkpoint.dir, parent: checkpoint.name, prompts }
    : { name: config.name, path: config.path, parent: null, prompts };
}

/** Starts the trainer on a prepared run directory and follows it to its end. */
export async function runTrainer(
  context: Context,
  dir: string,
  options: { python?: string; detach?: boolean },
  found?: TrainerPython,
): Promise<RunState> {
  const python = found ?? (await findTrainerPython(options.python, context.signal));
  const before = await readRunState(dir);
  if (before.status === 'running' || before.status === 'stalled') {
    throw new UserError(
      'already-running',
      `${path.basename(dir)} is running (process ${before.process?.pid})`,
      {
        remedy: `Follow it with "reflection watch ${path.basename(dir)}".`,
      },
    );
  }
  const trainer = await startTrainer(dir, python);
  context.output.note(
    `Training in ${dir} (process ${trainer.pid}). It goes on when this terminal is closed.`,
  );
  if (options.detach) {
    context.output.result(
      { dir, pid: trainer.pid },
      `Follow it with "reflection watch ${runArgument(dir)}".`,
    );
    return before;
  }
  // Ctrl-C asks the trainer for a checkpoint and waits for it; a closed terminal only ends the watching.
  const unwatched = new AbortController();
  const onAbort = () =>
    Interruption.isHangUp(context.signal.reason) ? unwatched.abort() : askToStop(trainer.pid);
  context.signal.addEventListener('abort', onAbort, { once: true });
  // A trainer that fails before its first event is noticed by its process alone.
  void trainer.ended.then(() => setTimeout(() => unwatched.abort(), 1000));
  const state = await followRun(context, dir, unwatched.signal, before.starts);
  report(context, dir, state);
  return state;
}

function askToStop(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}

function report(context: Context, dir: string, state: RunState): void {
  const last = state.checkpoints.at(-1);
  const run = runArgument(dir);
  context.output.result(
    { dir, status: state.status, step: state.step, checkpoint: last?.path ?? null, error: state.error },
    [
      `${state.status}: ${progressText(state)}`,
      ...(last ? [`checkpoint ${path.join(dir, last.path)}`] : []),
      ...(state.status === 'cancelled' || state.status === 'interrupted'
        ? [`resume it with: reflection resume ${run}`]
        : []),
      ...(state.status === 'failed' || state.status === 'lost'
        ? [`see ${path.join(dir, TRAINER_LOG)}; resume with: reflection resume ${run}`]
        : []),
    ].join('\n'),
  );
  if (state.status === 'cancelled' || state.status === 'interrupted') process.exitCode = EXIT.interrupted;
  else if (state.status !== 'done') process.exitCode = EXIT.failed;
}
