import { Command } from 'commander';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { registerCommands } from '../../../src/cli/commands/index.ts';
import { ratio } from '../../../src/cli/context.ts';
import { generationOptions } from '../../../src/cli/generation.ts';
import { runManifestSchema, samplingSchema } from '../../../src/core/schema/run.ts';

/** The value of an option as the command takes it; undefined where it is refused as wrong usage. */
function taken(flag: string, text: string): unknown {
  const command = generationOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    command.parse([`${flag}=${text}`], { from: 'user' });
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'commander.invalidArgument' });
    return undefined;
  }
  return Object.values(command.opts()).find((value) => typeof value === 'number');
}

const OPTIONS = [
  { flag: '--temperature', schema: samplingSchema.shape.temperature },
  { flag: '--top-p', schema: samplingSchema.shape.topP },
  { flag: '--top-k', schema: samplingSchema.shape.topK },
  { flag: '--max-tokens', schema: samplingSchema.shape.maxTokens },
  { flag: '--seed', schema: runManifestSchema.shape.seed },
];

it.each(OPTIONS)('$flag takes what a manifest takes, and nothing else', ({ flag, schema }) => {
  const text = fc.oneof(
    fc.constantFrom('', ' ', '0', '1', '-1', '2', '0.5', '1.0', '101', '1e20', '1e400', 'NaN', 'x', '-0.1'),
    fc.double({ noNaN: true }).map(String),
    fc.integer().map(String),
  );
  fc.assert(
    fc.property(text, (one) => {
      const isNumber = one.trim() !== '' && schema.safeParse(Number(one)).success;
      expect(taken(flag, one)).toBe(isNumber ? Number(one) : undefined);
    }),
  );
});

it('help says what a person would type, and what each argument is', () => {
  const program = new Command();
  registerCommands(program, new AbortController().signal);
  expect(program.commands.length).toBeGreaterThan(10);
  for (const command of program.commands) {
    expect(command.helpInformation(), command.name()).not.toMatch(/default: [[{]/);
    for (const argument of command.registeredArguments)
      expect(argument.description, `${command.name()} ${argument.name()}`).not.toBe('');
  }
});

it('a ratio has both its numbers', () => {
  expect(ratio('2:1')).toEqual([2, 1]);
  expect(ratio('1:0')).toEqual([1, 0]);
  for (const text of ['', '2', '2:', ':1', '1:2:3', '1:Infinity', '-1:2', '0:0', 'a:b'])
    expect(() => ratio(text), text).toThrow('expected a ratio');
});
