import * as vscode from 'vscode';
import { z } from 'zod';
import type { Handlers } from '../../commands.ts';
import { launchCommand } from '../../launch.ts';
import { showInformation, showWarning, withNotification } from '../../messages.ts';
import { provideTexts } from '../../readOnlyTexts.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';

const reportSchema = z.array(
  z.object({
    label: z.string(),
    status: z.enum(['ok', 'warning', 'failed']),
    detail: z.string(),
    remedy: z.string(),
  }),
);
type Report = z.infer<typeof reportSchema>;

const MARKS = { ok: '✓', warning: '!', failed: '✗' } as const;

/** Tries what the workbench needs on this machine and shows the findings as a document that can be copied. */
export function doctorHandlers(services: Services): Handlers<'reflection.doctor'> {
  return {
    'reflection.doctor': async () => {
      requireTrust(vscode.l10n.t('Doctor'));
      const folder = workspaceFolder();
      const report = await withNotification(
        {
          title: vscode.l10n.t('Checking this machine'),
          cancellable: true,
        },
        async (_, token) => {
          const launched = await launchCommand(services, folder, ['doctor', '--json']);
          token.onCancellationRequested(() => launched.stop());
          return readReport(await launched.output);
        },
      );
      await showReport(services, reportText(report));
      void offerCopy(report);
      return report;
    },
  };
}

const REPORT_SCHEME = 'reflection-report';
const reports = new Map<string, string>();

async function showReport(services: Services, text: string): Promise<void> {
  provideTexts(services, REPORT_SCHEME, ({ query }) => reports.get(query) ?? '');
  // Another address each time: the document of an earlier report stays as it was.
  const query = String(reports.size + 1);
  reports.set(query, text);
  const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${vscode.l10n.t('Doctor')}.txt`, query });
  await vscode.window.showTextDocument(uri, { preview: true });
}

async function offerCopy(report: Report): Promise<void> {
  const failed = report.filter(({ status }) => status === 'failed').length;
  const copy = vscode.l10n.t('Copy Report');
  const chosen = await (failed === 0
    ? showInformation(vscode.l10n.t('This machine has what is needed.'), copy)
    : showWarning(
        vscode.l10n.t('{0} of {1} probes failed; the report says what to do.', failed, report.length),
        copy,
      ));
  if (chosen === copy) await vscode.env.clipboard.writeText(reportText(report));
}

function readReport(stdout: string): Report {
  return reportSchema.parse(JSON.parse(stdout));
}

function reportText(report: Report): string {
  const lines = report.flatMap(({ label, status, detail, remedy }) => [
    `${MARKS[status]} ${label}: ${detail}`,
    ...(remedy === '' ? [] : [`    ${remedy}`]),
  ]);
  const { version } = vscode;
  return [
    vscode.l10n.t('Reflection Workbench: Doctor'),
    `VS Code ${version}, ${process.platform}-${process.arch}`,
    '',
    ...lines,
    '',
  ].join('\n');
}
