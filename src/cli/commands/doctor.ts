/** `doctor`: each probe with what it found and what to do. */
import type { Command } from 'commander';
import { examine, type ProbeResult } from '../../node/doctor/index.ts';
import { readWorkspace, resolveModel } from '../../node/workspace/index.ts';
import { type CommonOptions, common, createContext } from '../context.ts';
import { EXIT } from '../exitCodes.ts';

const MARKS: Record<ProbeResult['status'], string> = { ok: '✓', warning: '!', failed: '✗' };

export function registerDoctor(program: Command, signal: AbortSignal): void {
  common(
    program
      .command('doctor')
      .option('--python <command>', 'interpreter for training')
      .description('Try what the workbench needs, and say what is missing and how to get it.'),
  ).action(async (options: CommonOptions & { python?: string }) => {
    const { workspace, output } = createContext(options, signal);
    const configured = await readWorkspace(workspace);
    const models = await Promise.all(
      Object.keys(configured.config.models).map(
        async (name) => (await resolveModel(configured, name)).config,
      ),
    );
    const results = await examine({
      workspace,
      models,
      signal,
      ...(options.python ? { python: options.python } : {}),
    });
    output.result(results, results.map(line).join('\n'));
    if (results.some(({ status }) => status === 'failed')) process.exitCode = EXIT.failed;
  });
}

function line({ status, label, detail, remedy }: ProbeResult): string {
  return `${MARKS[status]} ${label}: ${detail}${remedy ? `\n    ${remedy}` : ''}`;
}
