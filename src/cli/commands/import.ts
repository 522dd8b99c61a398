/** `import`: a public set from the hub, with consent, or a file that is already here. */
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import { CATALOGUE } from '../../core/problems/catalogue.ts';
import { type ImportQuestion, type ImportReport, importSet } from '../../node/problems/importSet.ts';
import { type CommonOptions, type Context, common, createContext } from '../context.ts';
import type { Progress } from '../output.ts';
import { table } from '../tables.ts';

interface ImportOptions extends CommonOptions {
  readonly name?: string;
  readonly dir?: string;
  readonly yes?: boolean;
}

export function registerImport(program: Command, signal: AbortSignal): void {
  common(
    program
      .command('import')
      .argument(
        '[set]',
        'name of a public set, or a .jsonl, .json, .csv or .parquet file; none: list the names',
      )
      .option('--name <name>', 'of the set; for a file it is checked against the catalogue as well')
      .option('--dir <folder>', 'that receives it (default: problems in the workspace)')
      .option('--yes', 'agree to fetching it under its licence and terms')
      .description(
        'Bring a public problem set, or a file, into the workspace; says its licence and what differs.',
      ),
  ).action(async (set: string | undefined, options: ImportOptions) => {
    const context = createContext(options, signal);
    if (set === undefined) {
      context.output.result(CATALOGUE, listText());
      return;
    }
    let bar: Progress | undefined;
    const report = await importSet({
      source: set,
      dir: path.resolve(options.dir ?? path.join(context.workspace, 'problems')),
      signal,
      ...(options.name === undefined ? {} : { name: options.name }),
      confirm: (question) => (options.yes === true ? Promise.resolve(true) : ask(question, signal)),
      onProgress(bytes, total) {
        bar ??= context.output.progress(`fetching ${set}`, total ?? 0);
        bar.update(bytes);
      },
    });
    bar?.stop();
    if (report === null) context.output.result(null, 'Nothing was fetched.');
    else show(context, report);
  });
}

function listText(): string {
  const rows = CATALOGUE.map(({ name, title, rows, licence, gated }) => [
    name,
    title,
    rows === null ? '' : String(rows),
    `${licence}${gated ? ' (gated)' : ''}`,
  ]);
  return table(['name', 'set', 'rows', 'licence'], rows);
}

/** Nothing is fetched from the network that a person has not agreed to. */
async function ask(question: ImportQuestion, signal: AbortSignal): Promise<boolean> {
  const lines = [
    `${question.title}: ${question.url}`,
    `  licence: ${question.licence}`,
    ...(question.terms === null ? [] : [`  terms: ${question.terms}`]),
    ...(question.gated ? ['  gated: needs HF_TOKEN of an account that has accepted the terms'] : []),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
  if (!process.stdin.isTTY) {
    throw new UserError(
      'consent-needed',
      `${question.name} is fetched from the network only with your consent`,
      {
        remedy: 'Read the licence above and add --yes.',
      },
    );
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await reader.question('Fetch it? [y/N] ', { signal })).trim());
  } finally {
    reader.close();
  }
}

function show({ output }: Context, report: ImportReport): void {
  const { source, modes, faults } = report;
  for (const difference of source.differences) output.warn(`not as the catalogue says: ${difference}`);
  const errors = faults.filter(({ severity }) => severity === 'error');
  for (const { file, line, message } of errors.slice(0, 10)) output.warn(`${file}:${line ?? ''}: ${message}`);
  if (errors.length > 10) output.warn(`and ${errors.length - 10} more rows that cannot be used`);
  const counts = Object.entries(modes).map(([mode, count]) => `${count} ${mode}`);
  output.result(
    report,
    [
      `${report.problems} problems (${counts.join(', ')}) in ${report.file}`,
      `  licence: ${source.licence ?? 'not known: it is your file'}`,
      ...(source.terms === null ? [] : [`  terms: ${source.terms}`]),
      ...source.notes.map((note) => `  note: ${note}`),
      `  from ${source.hubId === null ? source.file : `${source.hubId} at ${source.revision}`}, SHA-256 ${source.sha256.slice(0, 16)}`,
      `Next: reflection lint ${report.file}`,
    ].join('\n'),
  );
}
