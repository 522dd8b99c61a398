/** `demo`: the whole chain on the embedded model and made-up problems. Run again it reuses what is there. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { nanoPrompts } from '../../core/prompts/index.ts';
import type { WorkspaceConfigInput } from '../../core/schema/workspace.ts';
import { compareMeasured, type MeasuredRun, measureRun } from '../../node/comparison/index.ts';
import { connectEngine } from '../../node/engines/index.ts';
import { packageRoot } from '../../node/packageRoot.ts';
import { critique, evaluate, sample } from '../../node/pipeline/index.ts';
import { readProblemSet } from '../../node/problems/readProblems.ts';
import { onDisk, readRunState, runsRoot } from '../../node/runs/index.ts';
import { createTrainingRun, trainingConfig } from '../../node/training/index.ts';
import {
  nanoModelFile,
  type ResolvedModel,
  readWorkspace,
  resolveModel,
} from '../../node/workspace/index.ts';
import { comparisonText } from '../comparisonText.ts';
import { type CommonOptions, type Context, common, createContext } from '../context.ts';
import { funnelText } from '../datasetReport.ts';
import { EXIT } from '../exitCodes.ts';
import { type PipelineBase, runPipeline } from '../generation.ts';
import { runTrainer } from './train.ts';

/** Settings that `scripts/nano` measured to work on two cores in a few minutes. */
const SETTINGS = {
  seed: 0,
  evaluateSamples: 8,
  solutions: 4,
  critiques: 4,
  recipe: 'scft-nano',
  sampling: { temperature: 0.6, topP: 1, topK: 0, minP: 0, maxTokens: 400 },
  /** Careful critiques are rare: a lower temperature would never find them. */
  solutionSampling: { temperature: 0.8, topP: 1, topK: 0, minP: 0, maxTokens: 400 },
  critiqueSampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 400 },
} as const;

const RUNS = {
  evaluateBase: 'demo-1-evaluate-base',
  critiqueBase: 'demo-2-critique-base',
  sample: 'demo-3-sample',
  train: 'demo-4-train-scft',
  evaluateScft: 'demo-5-evaluate-scft',
  critiqueScft: 'demo-6-critique-scft',
} as const;

export function registerDemo(program: Command, signal: AbortSignal): void {
  common(
    program
      .command('demo')
      .argument('[folder]', 'workspace that is made for it', '.reflection-demo')
      .option('--python <command>', 'interpreter for training')
      .description(
        'Evaluate, critique, sample, train (SCFT), compare: the whole chain on the embedded model.',
      ),
  ).action(async (folder: string, options: CommonOptions & { python?: string }) => {
    const workspace = path.resolve(folder);
    const context = createContext({ ...options, workspace }, signal);
    const began = Date.now();
    await onDisk(workspace, () => makeWorkspace(workspace));
    await runChain(context, options);
    if (signal.aborted) return;
    context.output.note(`\ndone in ${((Date.now() - began) / 60_000).toFixed(1)} minutes`);
  });
}

/** Problem sets and `reflection.json`, as a user's workspace would have them. What is there is left alone. */
async function makeWorkspace(workspace: string): Promise<void> {
  const problems = path.join(workspace, 'problems');
  await mkdir(problems, { recursive: true });
  const shipped = path.join(packageRoot(), 'media', 'problems');
  const sets = (await readdir(shipped)).filter((name) => name.endsWith('.jsonl'));
  const present = new Set(await readdir(problems));
  for (const name of sets) {
    if (!present.has(name)) await copyFile(path.join(shipped, name), path.join(problems, name));
  }
  if ((await readdir(workspace)).includes('reflection.json')) return;
  const config: WorkspaceConfigInput = {
    problemSets: Object.fromEntries(sets.map((name) => [path.basename(name, '.jsonl'), `problems/${name}`])),
    defaults: { model: 'nano', problemSet: 'demo-60' },
  };
  await writeFileAtomic(path.join(workspace, 'reflection.json'), `${JSON.stringify(config, null, 2)}\n`);
}

async function runChain(context: Context, options: { python?: string }): Promise<void> {
  const { output, signal, workspace } = context;
  const at = (run: string) => path.join(runsRoot(workspace), run);
  const base = await resolveModel(await readWorkspace(workspace), 'nano');
  const dataset = path.join(workspace, 'datasets', 'scft-v1.jsonl');

  await withModel(context, base, async (step) => {
    await evaluateOn(context, step, at(RUNS.evaluateBase), 'base');
    await critiqueBase(context, step, at(RUNS.critiqueBase), 'base');
    await sampleScft(context, step, at(RUNS.sample), dataset);
  });
  if (signal.aborted) return interrupted(context);

  output.note('\nTraining SCFT on the kept critiques');
  if (!(await trainScft(context, at(RUNS.train), dataset, options))) return interrupted(context);

  const scft = await resolveModel(await readWorkspace(workspace), at(RUNS.train));
  await withModel(context, scft, async (step) => {
    await evaluateOn(context, step, at(RUNS.evaluateScft), 'scft');
    await critiqueBase(context, step, at(RUNS.critiqueScft), 'scft');
  });
  if (signal.aborted) return interrupted(context);
  await reportDemo(context, at);
}

type Step = <T extends Awaited<ReturnType<typeof evaluate>>>(
  title: string,
  dir: string,
  sampling: PipelineBase['sampling'],
  work: (base: PipelineBase) => Promise<T>,
) => Promise<T | undefined>;

/** Runs steps with one loaded model; a step after an interruption does nothing. */
async function withModel(
  context: Context,
  model: ResolvedModel,
  steps: (step: Step) => Promise<void>,
): Promise<void> {
  const engine = await connectEngine(model.config, context.signal, { onWarning: context.output.warn });
  const parents = model.checkpoint
    ? [{ kind: 'checkpoint' as const, id: model.checkpoint.name, role: 'model' }]
    : [];
  try {
    await steps(async (title, dir, sampling, work) => {
      if (context.signal.aborted) return undefined;
      context.output.note(`\n${title}`);
      if ((await readRunState(dir).catch(() => null))?.status === 'done')
        context.output.note(`  found in ${path.basename(dir)}`);
      const settings = { dir, title: '', prompts: nanoPrompts, seed: SETTINGS.seed, sampling, parents };
      return runPipeline(context, engine, work, settings);
    });
  } finally {
    await engine.close();
  }
}

async function evaluateOn(context: Context, step: Step, dir: string, arm: string): Promise<void> {
  const set = await readProblemSet(path.join(context.workspace, 'problems', 'demo-60.jsonl'), context.signal);
  await step(
    `Evaluating the ${arm} model on ${set.identity.count} problems, ${SETTINGS.evaluateSamples} solutions each`,
    dir,
    SETTINGS.sampling,
    (base) =>
      evaluate({
        ...base,
        title: `${arm} on demo-60`,
        problems: set.problems,
        problemSet: set.identity,
        n: SETTINGS.evaluateSamples,
      }),
  );
}

/** Both models critique the same solutions, those of the base, so that their critiques can be compared. */
async function critiqueBase(context: Context, step: Step, dir: string, arm: string): Promise<void> {
  const source = { kind: 'run' as const, dir: path.join(runsRoot(context.workspace), RUNS.evaluateBase) };
  await step(`Critiquing the base model's solutions with the ${arm} model`, dir, SETTINGS.sampling, (base) =>
    critique({ ...base, title: `${arm} as critic`, source, n: 1, template: 'training' }),
  );
}

async function sampleScft(context: Context, step: Step, dir: string, output: string): Promise<void> {
  const set = await readProblemSet(
    path.join(context.workspace, 'problems', 'demo-train-300.jsonl'),
    context.signal,
  );
  const result = await step(
    `Rejection-sampling critiques on ${set.identity.count} training problems`,
    dir,
    SETTINGS.solutionSampling,
    (base) =>
      sample({
        ...base,
        title: 'scft-v1',
        problems: set.problems,
        problemSet: set.identity,
        n: SETTINGS.solutions,
        critiques: SETTINGS.critiques,
        critiqueSampling: SETTINGS.critiqueSampling,
        dataset: { kind: 'scft', mix: [2, 1], size: null, output },
      }),
  );
  if (result?.dataset) context.output.note(funnelText(result.dataset));
}

/** @returns false when it was stopped or failed */
async function trainScft(
  context: Context,
  dir: string,
  data: string,
  options: { python?: string },
): Promise<boolean> {
  const config = await trainingConfig({
    recipe: SETTINGS.recipe,
    data,
    model: nanoModelFile(),
    seed: SETTINGS.seed,
    prompts: null,
    evaluationPath: null,
    overrides: {},
  });
  await createTrainingRun({
    dir,
    title: 'scft',
    config,
    modelName: 'nano',
    modelParent: null,
    prompts: nanoPrompts,
    commandLine: context.commandLine,
  });
  if ((await readRunState(dir)).status === 'done') {
    context.output.note(`  found in ${path.basename(dir)}`);
    return true;
  }
  const state = await runTrainer(
    { ...context, output: { ...context.output, result: (_value, text) => context.output.note(text) } },
    dir,
    options,
  );
  return state.status === 'done';
}

function interrupted(context: Context): void {
  process.exitCode ??= EXIT.interrupted;
  context.output.note('\nnot finished; the same command goes on from here');
}

async function reportDemo(context: Context, at: (run: string) => string): Promise<void> {
  const measure = async (run: string, label: string): Promise<MeasuredRun> => ({
    ...(await measureRun(at(run))),
    label,
  });
  const solving = compareMeasured(await measure(RUNS.evaluateBase, 'base'), [
    await measure(RUNS.evaluateScft, 'SCFT'),
  ]);
  const critiquing = compareMeasured(await measure(RUNS.critiqueBase, 'base'), [
    await measure(RUNS.critiqueScft, 'SCFT'),
  ]);
  const comparisons = [...solving, ...critiquing];
  const folder = path.relative(process.cwd(), context.workspace) || '.';
  context.output.result(
    { workspace: context.workspace, comparisons },
    [
      '',
      'As a solver',
      ...solving.map((comparison) => comparisonText(comparison)),
      '',
      "As a critic of the base model's solutions",
      ...critiquing.map((comparison) => comparisonText(comparison)),
      '',
      'Look at it in VS Code:',
      '  npm run workbench                                    in your browser, nothing to install',
      `  code --extensionDevelopmentPath="${packageRoot()}" ${folder}`,
    ].join('\n'),
  );
}
