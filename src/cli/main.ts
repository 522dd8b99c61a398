/** The `reflection` command: everything that the editor can start, without an editor. */
import { Command, CommanderError } from 'commander';
import { UserError } from '../core/errors.ts';
import { visibleText } from '../core/visibleText.ts';
import { registerCommands } from './commands/index.ts';
import { EXIT } from './exitCodes.ts';
import { Interruption } from './interruption.ts';

const NODE_NEEDED = 22;
if (Number(process.versions.node.split('.')[0]) < NODE_NEEDED) {
  process.stderr.write(
    `error: this is Node ${process.version}; the workbench needs ${NODE_NEEDED} or newer\n` +
      '  Use "npm run reflection -- ..." in the checkout, which brings Node 24.\n',
  );
  process.exit(EXIT.failed);
}

// A reader that has seen enough, such as `head`, closes the pipe: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

const stopped = new AbortController();
let signals = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    signals += 1;
    // The first lets finished samples reach the disk; a second means now.
    if (signals > 1) process.exit(EXIT.interrupted);
    stopped.abort(new Interruption(name));
  });
}

const program = new Command('reflection')
  .description('Evaluate, critique, rejection-sample, train and compare reasoning models.')
  .showHelpAfterError('(run with --help to see the options)')
  .exitOverride();
registerCommands(program, stopped.signal);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (stopped.signal.aborted) return EXIT.interrupted;
  if (error instanceof UserError) {
    process.stderr.write(`error: ${visibleText(error.toString())}\n`);
    return error.code === 'usage' ? EXIT.usage : EXIT.failed;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a fault in the workbench, please report it:\n${visibleText(text)}\n`);
  return EXIT.failed;
}
