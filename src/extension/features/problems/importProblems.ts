import path from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { CATALOGUE, type CatalogueEntry, findInCatalogue } from '../../../core/problems/catalogue.ts';
import { fileUrl, hubFromEnvironment } from '../../../node/problems/hub.ts';
import { choose, heading } from '../../choose.ts';
import { launchCommand } from '../../launch.ts';
import { askModally, showInformation, showWarning, withNotification } from '../../messages.ts';
import { openPlace } from '../../openPlace.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';
import { Cancelled } from '../../showError.ts';
import type { Target } from '../../target.ts';
import { hubEnvironment } from './hubToken.ts';

const TITLE = vscode.l10n.t('Import Problem Set');
const BROWSE = Symbol('browse');

/** What `reflection import --json` prints, as far as it is told here. */
const reportSchema = z.object({
  file: z.string(),
  problems: z.int(),
  source: z.object({ differences: z.array(z.string()), licence: z.string().nullable() }),
});
type Report = z.infer<typeof reportSchema>;

/** Brings a public set, or a file, into the folder `problems` of the workspace. Returns the file. */
export async function importProblems(services: Services, target: Target): Promise<string> {
  requireTrust(vscode.l10n.t('Importing a problem set'));
  const folder = workspaceFolder();
  const source = target.file ?? target.set ?? (await askSource());
  const entry = target.file === undefined ? findInCatalogue(source) : null;
  if (entry !== null) await askConsent(entry);
  const environment = entry === null ? {} : await hubEnvironment(services, entry.gated ?? false);
  const report = await withNotification(
    {
      title: vscode.l10n.t('Importing {0}', path.basename(source)),
      cancellable: true,
    },
    async (_, token) => {
      const parameters = ['import', source, '--yes', '--json'];
      const launched = await launchCommand(services, folder, parameters, environment);
      token.onCancellationRequested(() => launched.stop());
      if ((await launched.ended) === 'interrupted') throw new Cancelled();
      return reportSchema.parse(JSON.parse(await launched.output));
    },
  );
  tell(report);
  return report.file;
}

async function askSource(): Promise<string> {
  const chosen = await choose<string | typeof BROWSE>(
    TITLE,
    [
      ...CATALOGUE.map(({ name, title, rows, licence, gated }) => ({
        label: title,
        description: rows === null ? name : vscode.l10n.t('{0}, {1} rows', name, rows),
        detail: gated
          ? vscode.l10n.t('{0} (needs an account that has accepted the terms)', licence)
          : licence,
        value: name,
      })),
      heading(vscode.l10n.t('other')),
      { label: vscode.l10n.t('Browse…'), description: '.jsonl, .json, .csv, .parquet', value: BROWSE },
    ],
    vscode.l10n.t('Public problem set, or a file of this machine'),
  );
  if (chosen !== BROWSE) return chosen;
  const picked = await vscode.window.showOpenDialog({
    title: TITLE,
    filters: { [vscode.l10n.t('Problem sets')]: ['jsonl', 'json', 'csv', 'parquet'] },
  });
  const file = picked?.[0]?.fsPath;
  if (file === undefined) throw new Cancelled();
  return file;
}

/** Nothing is fetched from the network that a person has not agreed to. */
async function askConsent({
  title,
  hubId,
  path: file,
  revision,
  licence,
  terms,
}: CatalogueEntry): Promise<void> {
  const hub = { ...hubFromEnvironment(), token: null };
  const detail = [
    fileUrl(hub, { hubId, path: file, revision: revision ?? 'main' }),
    vscode.l10n.t('Licence: {0}', licence),
    ...(terms === undefined ? [] : [vscode.l10n.t('Terms: {0}', terms)]),
  ].join('\n');
  const fetch = vscode.l10n.t('Fetch');
  const answer = await askModally(vscode.l10n.t('Fetch {0} from the network?', title), detail, fetch);
  if (answer !== fetch) throw new Cancelled();
}

function tell({ file, problems, source }: Report): void {
  const where = vscode.workspace.asRelativePath(file);
  const isExpected = source.differences.length === 0;
  const message = isExpected
    ? vscode.l10n.t('{0} problems in {1}.', problems, where)
    : vscode.l10n.t(
        '{0} problems in {1}. Not as expected: {2}.',
        problems,
        where,
        source.differences.join('; '),
      );
  const [open, evaluate] = [vscode.l10n.t('Open'), vscode.l10n.t('Evaluate Problem File')];
  const shown = isExpected ? showInformation(message, open, evaluate) : showWarning(message, open, evaluate);
  void shown.then((chosen) => {
    if (chosen === open) return openPlace(file);
    if (chosen === evaluate) return vscode.commands.executeCommand('reflection.evaluate', { file });
    return undefined;
  });
}
