/** What every command gets: the workspace, the output, and a signal that Ctrl-C aborts. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { createOutput, type Output } from './output.ts';

export interface Context {
  /** Directory whose `.reflection/runs` holds the runs. */
  readonly workspace: string;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Arguments as typed, for the run's manifest and for "run this to resume". */
  readonly commandLine: readonly string[];
}

export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly workspace?: string;
}

/** Adds the options that each command takes. */
export function common(command: Command): Command {
  return command
    .option('--json', 'result as one JSON value on stdout, everything else on stderr')
    .option('--quiet', 'no progress')
    .addOption(new Option('--workspace <dir>', 'folder that holds .reflection').env('REFLECTION_WORKSPACE'));
}

/** An option that may be given several times. */
export function repeated(flags: string, description: string): Option {
  return new Option(flags, `${description}; may be repeated`)
    .argParser((one: string, before: readonly string[]) => [...before, one])
    .default([], 'all');
}

export function createContext(options: CommonOptions, signal: AbortSignal): Context {
  return {
    workspace: path.resolve(options.workspace ?? findWorkspace(process.cwd())),
    output: createOutput({ json: options.json ?? false, quiet: options.quiet ?? false }),
    signal,
    commandLine: ['reflection', ...process.argv.slice(2)],
  };
}

/** The nearest folder above that has `reflection.json` or `.reflection`; the current one where none has. */
export function findWorkspace(from: string): string {
  for (let dir = from; ; dir = path.dirname(dir)) {
    if (
      ['reflection.json', '.reflection'].some((name) =>
        statSync(path.join(dir, name), { throwIfNoEntry: false }),
      )
    )
      return dir;
    if (path.dirname(dir) === dir) return from;
  }
}

/** Parsers of option values: a wrong one ends with exit code 2 and says what was expected. */
export function wholeNumber(minimum: number) {
  return (text: string): number => {
    // The empty text, as of a variable that is not set, would be 0.
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${minimum}.`);
  };
}

/** A number as a schema takes it: what would be refused when the run is made is refused here. */
export function numberOf(schema: z.ZodType<number>, expected: string) {
  return (text: string): number => {
    const parsed = schema.safeParse(text.trim() === '' ? undefined : Number(text));
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`expected ${expected}.`);
  };
}

/** Two numbers of at least 0 with a colon between them; undefined for anything else, also where one is left out. */
export function twoNumbers(text: string): [number, number] | undefined {
  const parts = text.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [first, second] = parts;
  if (parts.length !== 2 || first === undefined || second === undefined) return undefined;
  return parts.every((part) => Number.isFinite(part) && part >= 0) ? [first, second] : undefined;
}

/** `2:1` */
export function ratio(text: string): [number, number] {
  const parts = twoNumbers(text);
  if (parts !== undefined && parts[0] + parts[1] > 0) return parts;
  throw new InvalidArgumentError('expected a ratio such as 2:1.');
}
