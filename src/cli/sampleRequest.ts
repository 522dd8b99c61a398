/** The options of `sample`, and what they ask for. */
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultSampling, offlineSampling, s2rSampling } from '../core/prompts/index.ts';
import type { DatasetKind } from '../core/schema/dataset.ts';
import type { Prompts, SamplingOptions } from '../core/schema/run.ts';
import type { DatasetOptions } from '../node/pipeline/index.ts';
import { type Context, repeated, twoNumbers } from './context.ts';
import { openHeldOut } from './critic.ts';
import type { GenerationOptions, PipelineBase } from './generation.ts';

export interface SampleCommandOptions extends GenerationOptions {
  readonly kind: DatasetKind;
  readonly solutions?: number;
  readonly critiques?: number;
  readonly critic?: string;
  readonly critiqueTemperature?: number;
  readonly mix: [number, number];
  readonly size?: number;
  readonly output?: string;
  readonly heldOut?: string;
  readonly maxLength?: number;
  readonly verdictMustMatch?: boolean;
  readonly reviewed?: boolean;
  readonly solution: string[];
  readonly style: 'confirmative' | 'problem-solving';
  readonly keepAll?: boolean;
  readonly refine?: boolean;
  readonly accuracy: [number, number];
  readonly balance: boolean;
}

/** Samples per problem, and critiques per solution or answer, where none are asked for (spec A2, B3, B7). */
export const COUNTS: Readonly<Record<DatasetKind, { solutions: number; critiques: number }>> = {
  scft: { solutions: 4, critiques: 4 },
  'self-distill': { solutions: 4, critiques: 0 },
  s2r: { solutions: 5, critiques: 1 },
  offline: { solutions: 8, critiques: 0 },
};

export function kindOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--style <style>', 's2r: how verifications go about it')
        .choices(['confirmative', 'problem-solving'])
        .default('confirmative'),
    )
    .option('--refine', 's2r: the verifier rewrites its verifications as self-checks (default: rules do it)')
    .option('--keep-all', 's2r: keep every trajectory, where the paper thins them out by difficulty')
    .addOption(
      new Option('--accuracy <low:high>', 'offline: shares of right rollouts a problem may have')
        .argParser(share)
        .default([0.1, 0.7], '0.1:0.7'),
    )
    .option('--no-balance', 'offline: keep more rollouts that are never right than others');
}

export function runOptions(command: Command): Command {
  return command
    .option(
      '--reviewed',
      'of a run: only critiques that a person accepted or edited, every one of them unless --mix is given',
    )
    .addOption(repeated('--solution <id>', 'of a run: criticise only this solution'));
}

/** `0.1:0.7` */
function share(text: string): [number, number] {
  const shares = twoNumbers(text);
  if (shares !== undefined && shares[0] <= shares[1] && shares[1] <= 1) return shares;
  throw new InvalidArgumentError('expected two shares such as 0.1:0.7.');
}

export function solutionSampling(kind: DatasetKind, prompts: Prompts): SamplingOptions {
  if (kind === 's2r') return s2rSampling(prompts).solutions;
  return kind === 'offline' ? offlineSampling(prompts) : defaultSampling(prompts);
}

export function critiqueSampling(
  { kind, critiqueTemperature }: SampleCommandOptions,
  { prompts, sampling }: PipelineBase,
  asked: Prompts,
): SamplingOptions {
  const own = kind === 's2r' ? s2rSampling(asked).critiques : { ...defaultSampling(prompts), ...sampling };
  return { ...own, ...(critiqueTemperature === undefined ? {} : { temperature: critiqueTemperature }) };
}

export async function datasetOptions(
  context: Context,
  options: SampleCommandOptions,
): Promise<DatasetOptions> {
  const { kind, mix, style, accuracy, maxLength, heldOut } = options;
  const common = {
    size: options.size ?? null,
    filters: {
      ...(kind === 'scft' ? { verdictMustMatch: options.verdictMustMatch ?? false } : {}),
      ...(maxLength === undefined ? {} : { maxTokens: maxLength }),
      ...(heldOut === undefined ? {} : { heldOut: await openHeldOut(context, heldOut) }),
    },
    ...(options.output === undefined ? {} : { output: path.resolve(options.output) }),
  };
  switch (kind) {
    case 'scft':
      return { kind, mix, ...common };
    case 'self-distill':
      return { kind, ...common };
    case 's2r':
      return {
        kind,
        style,
        isThinned: options.keepAll !== true,
        isRefined: options.refine === true,
        ...common,
      };
    case 'offline':
      return { kind, accuracy, isBalanced: options.balance, ...common };
    default:
      throw new Error(`no such kind of dataset: ${kind satisfies never}`);
  }
}
