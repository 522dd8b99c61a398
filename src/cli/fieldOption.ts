/** `--field problem=prompt`: which column of a set plays which role, where its name does not tell. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../core/errors.ts';
import type { FieldMap, FieldRole } from '../core/problems/index.ts';

/** Each role once: a role that is added later is missed by the compiler. */
const ROLES: Readonly<Record<FieldRole, true>> = {
  problem: true,
  answer: true,
  solution: true,
  id: true,
  level: true,
  subject: true,
  options: true,
  mode: true,
};

export interface FieldOptions {
  readonly field: FieldMap;
}

export function fieldOption(command: Command): Command {
  const roles = Object.keys(ROLES).join(', ');
  return command.addOption(
    new Option('--field <role=column>', `column of the set that holds the ${roles}; may be repeated`)
      .argParser(addField)
      .default({}, 'told by the names'),
  );
}

/** A run has no columns: its problems were read when it was made. */
export function refuseFields({ field }: FieldOptions, run: string): void {
  if (Object.keys(field).length === 0) return;
  throw new UserError('usage', `--field names columns of a problem file, and ${run} is a run`, {
    remedy: 'Leave it out, or name the file.',
  });
}

function addField(text: string, all: FieldMap): FieldMap {
  const split = text.indexOf('=');
  const role = text.slice(0, Math.max(0, split)).trim();
  const column = text.slice(split + 1).trim();
  if (!isRole(role) || column === '') {
    throw new InvalidArgumentError(
      `expected ROLE=COLUMN such as problem=prompt; the roles are ${Object.keys(ROLES).join(', ')}.`,
    );
  }
  return { ...all, [role]: column };
}

function isRole(name: string): name is FieldRole {
  return Object.hasOwn(ROLES, name);
}
