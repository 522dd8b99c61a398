/** `--budget`: how much one invocation may take. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Budget } from '../node/pipeline/index.ts';

export interface BudgetOptions {
  readonly budget?: Budget;
}

export function budgetOption(command: Command): Command {
  return command.option(
    '--budget <limit>',
    'begin no further sample after so many tokens or so much time, such as 500ktokens, 2Mtokens, 90s, 30min, 8h; samples that run are finished (a time gives them a tenth more); resuming goes on. Twice: whichever comes first',
    (text: string, before: Budget | undefined): Budget => ({ ...before, ...parseBudget(text) }),
  );
}

const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, s: 1, min: 60, h: 3600 };

export function parseBudget(text: string): Budget {
  const found = /^(\d+(?:\.\d+)?)\s*(?:(?<scale>[kM]?)\s*tokens?|(?<unit>s|min|h))$/.exec(text.trim());
  const amount =
    Number(found?.[1]) * (FACTORS[found?.groups?.unit ?? found?.groups?.scale ?? ''] ?? Number.NaN);
  if (found === null || !(amount > 0)) {
    throw new InvalidArgumentError(
      'expected tokens or a time, such as 500ktokens, 2Mtokens, 90s, 30min or 8h.',
    );
  }
  return found.groups?.unit === undefined ? { tokens: Math.ceil(amount) } : { seconds: amount };
}
