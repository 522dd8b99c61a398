import type { z } from 'zod';
import { UserError } from '../errors.ts';

/** A schema for each parameter of each method. */
export type ParameterSchemas<T> = {
  readonly [Name in keyof T]: T[Name] extends (...parameters: infer Parameters) => unknown
    ? { readonly [At in keyof Parameters]: z.ZodType<Parameters[At]> }
    : never;
};

/**
 * The methods of a host as a page may call them: with the parameters that the schemas allow, and no others. A page shows
 * what models wrote and is not trusted; what it asks for is looked up by the host among what it has sent.
 */
export function guarded<T extends object>(host: T, schemas: ParameterSchemas<T>): T {
  const methods = Object.entries<readonly z.ZodType[]>(schemas as Record<string, readonly z.ZodType[]>);
  const entries = methods.map(([name, parameterSchemas]) => {
    const call = (...parameters: unknown[]) => {
      if (parameters.length !== parameterSchemas.length) throw refused(name);
      const parsed = parameterSchemas.map((schema, at) => schema.safeParse(parameters[at]));
      if (!parsed.every((result) => result.success)) throw refused(name);
      const method: unknown = Reflect.get(host, name);
      if (typeof method !== 'function') throw refused(name);
      return Reflect.apply(
        method,
        host,
        parsed.map(({ data }) => data),
      );
    };
    return [name, call];
  });
  return Object.fromEntries(entries) as T; // The schemas name exactly the methods of T.
}

function refused(name: string): UserError {
  return new UserError('bad-request', `The panel asked for "${name}" in a form that is not understood.`, {
    remedy: 'Close the panel and open it again.',
  });
}
