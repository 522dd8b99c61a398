import * as vscode from 'vscode';
import { type CommandId, commands } from './contributions.ts';
import type { Services } from './services.ts';
import { showError } from './showError.ts';

/**
 * The handlers of some of the contributed commands. A feature that returns `Handlers<'reflection.evaluate'>` with a
 * missing or an extra handler does not compile, and neither does `registerCommands` when a feature is left out.
 */
export type Handlers<Id extends CommandId> = {
  readonly [Key in Id]: (...parameters: readonly unknown[]) => unknown;
};

/** Handlers whose code is loaded when the first of them is called: activation reads only what registers. */
export function lazyHandlers<Id extends CommandId>(
  ids: readonly Id[],
  load: () => Promise<Handlers<Id>>,
): Handlers<Id> {
  let loaded: Promise<Handlers<Id>> | undefined;
  const handler =
    (id: Id) =>
    async (...parameters: readonly unknown[]) => {
      loaded ??= load().catch((thrown: unknown) => {
        // The next call tries again.
        loaded = undefined;
        throw thrown;
      });
      return (await loaded)[id](...parameters);
    };
  // An object made of pairs has lost which names it has: those of `ids`, all of them.
  return Object.fromEntries(ids.map((id) => [id, handler(id)])) as Handlers<Id>;
}

/** Registers every command. What a handler throws is shown here, once. */
export function registerCommands(services: Services, handlers: Handlers<CommandId>): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map(({ id }) =>
      vscode.commands.registerCommand(id, async (...parameters: unknown[]) => {
        try {
          return await handlers[id](...parameters);
        } catch (thrown) {
          await showError(services.log, thrown);
          return undefined;
        }
      }),
    ),
  );
}
