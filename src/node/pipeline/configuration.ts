/** Making a run's manifest, and refusing to go on with a run under another configuration. */
import path from 'node:path';
import { defaultPolicy, GRADER_VERSION } from '../../core/answers/index.ts';
import { UserError } from '../../core/errors.ts';
import { checkPrompts } from '../../core/prompts/index.ts';
import { type RunKind, SCHEMA_VERSION } from '../../core/schema/common.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { ProblemSetIdentity, RunManifest, SamplingOptions, Stopping } from '../../core/schema/run.ts';
import { findLeakage, trainedProblemHashes } from '../problems/leakage.ts';
import {
  hostFacts,
  isRun,
  MANIFEST_FILE,
  newRunId,
  readManifest,
  runsRoot,
  workbenchFacts,
} from '../runs/index.ts';
import { policyNamed, recordedPolicy } from './grading.ts';
import type { PipelineOptions } from './options.ts';

/** A directory for a new run of the workspace; a number is added while the name is taken. */
export async function newRunDir(workspaceDir: string, kind: RunKind, slug: string): Promise<string> {
  const name = newRunId(new Date(), kind, slug);
  for (let number = 1; ; number += 1) {
    const dir = path.join(runsRoot(workspaceDir), number === 1 ? name : `${name}-${number}`);
    if (!(await isRun(dir))) return dir;
  }
}

/** What differs between the kinds. */
interface KindOfRun {
  readonly kind: RunKind;
  readonly n: number;
  readonly problemSet: ProblemSetIdentity;
  /** What the model is measured on: checked against what it was trained on. */
  readonly measuredOn?: readonly Problem[];
  readonly stopping?: Stopping;
  readonly critiques?: number;
  readonly critiqueSampling?: SamplingOptions;
  readonly options: Readonly<Record<string, unknown>>;
}

export async function manifestFor(options: PipelineOptions, run: KindOfRun): Promise<RunManifest> {
  const { identity, facts } = options.engine;
  const trainedOn = run.measuredOn === undefined ? [] : await trainedProblemHashes(identity.path);
  // Topping a run up keeps its policy without saying it again.
  const policy = options.policy ?? (await recordedPolicy(options.dir)) ?? defaultPolicy.name;
  const { leaked, total, label } = findLeakage(run.measuredOn ?? [], trainedOn);
  return {
    schemaVersion: SCHEMA_VERSION,
    id: path.basename(options.dir),
    kind: run.kind,
    // Part of the name, so that no list, panel or export shows the number without it.
    title: [options.title ?? '', ...(label === null ? [] : [`(${label})`])].join(' ').trim(),
    createdAt: new Date().toISOString(),
    seed: options.seed,
    n: run.n,
    ...(run.stopping === undefined ? {} : { stopping: run.stopping }),
    ...(run.critiques === undefined ? {} : { critiques: run.critiques }),
    model: identity,
    engine: facts,
    sampling: options.sampling,
    ...(run.critiqueSampling === undefined ? {} : { critiqueSampling: run.critiqueSampling }),
    prompts: options.prompts,
    problemSet: run.problemSet,
    ...(leaked.length === 0 ? {} : { leakage: { leaked: [...leaked], total } }),
    grader: { version: GRADER_VERSION, policy: policyNamed(policy).name },
    options: { ...run.options },
    parents: [...(options.parents ?? [])],
    host: hostFacts(),
    workbench: await workbenchFacts(),
    commandLine: [...(options.commandLine ?? [])],
  };
}

/** Problems that a run can use: at least one, each id once, because samples are named after them. */
export function checkInput(options: PipelineOptions, problems: readonly Problem[], n: number): void {
  checkPrompts(options.prompts);
  if (!Number.isInteger(n) || n < 1) {
    throw new UserError('bad-n', `Cannot take ${n} samples.`, {
      place: { field: 'n' },
      remedy: 'Use 1 or more.',
    });
  }
  if (problems.length === 0) {
    throw new UserError('no-problems', 'There is no problem to work on.', {
      remedy: 'Choose a problem set with at least one usable row.',
    });
  }
  const ids = new Set<string>();
  for (const { id } of problems) {
    if (ids.has(id)) {
      throw new UserError('duplicate-id', `Two problems have the id "${id}".`, {
        place: { field: 'id' },
        remedy: 'Give each problem an id of its own.',
      });
    }
    ids.add(id);
  }
}

/**
 * Refuses to go on with a run under another configuration, and names each field that differs. Free to change: `n`
 * and the size and file of a dataset (topping up), the machine, the title and the command line.
 */
export async function refuseOtherConfiguration(dir: string, asked: RunManifest): Promise<RunManifest> {
  const found = await readManifest(dir);
  const before = flatten(configurationOf(found));
  const now = flatten(configurationOf(asked));
  const differences = [...new Set([...before.keys(), ...now.keys()])]
    .filter((field) => before.get(field) !== now.get(field))
    .map(
      (field) =>
        `${field}: ${before.get(field) ?? 'not set'} in the run, ${now.get(field) ?? 'not set'} asked for`,
    );
  if (differences.length === 0) return found;
  throw new UserError('run-differs', `The run has another configuration.\n  ${differences.join('\n  ')}`, {
    place: { file: path.join(dir, MANIFEST_FILE) },
    remedy: 'Use the same options to resume it, or start a new run.',
  });
}

/** The fields on which samples depend. A model file is known by its content, wherever it lies. */
function configurationOf(manifest: RunManifest): Record<string, unknown> {
  const { kind, seed, critiques, sampling, critiqueSampling, prompts, options, model } = manifest;
  return {
    kind,
    seed,
    critiques,
    sampling,
    critiqueSampling,
    prompts,
    options: { ...options, size: undefined, output: undefined },
    stopping: manifest.stopping ?? { rule: 'fixed' },
    grader: manifest.grader,
    problemSet: { sha256: manifest.problemSet?.sha256 },
    model:
      model?.sha256 === undefined
        ? { engine: model?.engine, path: model?.path, baseUrl: model?.baseUrl }
        : {
            engine: model.engine,
            sha256: model.sha256,
            templateSha256: model.templateSha256,
            lora: model.lora?.map(({ sha256, scale }) => ({ sha256, scale })),
          },
  };
}

/** Leaves of a value by their path, each as JSON. */
function flatten(value: unknown, path = '', leaves = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, part] of Object.entries(value))
      flatten(part, path === '' ? name : `${path}.${name}`, leaves);
  } else if (value !== undefined) {
    leaves.set(path, JSON.stringify(value));
  }
  return leaves;
}
