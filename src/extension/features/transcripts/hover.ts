import * as vscode from 'vscode';
import { type CommandId, TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { type FindingTarget, findingAt } from './current.ts';
import type { TranscriptDocuments } from './documents.ts';

/**
 * What can be done with a finding, where it is pointed at, and by which key: VS Code shows no light bulb in read-only
 * editors. The words are ours; only these commands can be run from them.
 */
export function registerFindingHover(services: Services, documents: TranscriptDocuments): void {
  services.context.subscriptions.push(
    vscode.languages.registerHoverProvider(
      { scheme: TRANSCRIPT_SCHEME },
      {
        provideHover({ uri }, position) {
          const finding = findingAt(documents, uri, position);
          if (finding === undefined || !finding.range.contains(position)) return undefined;
          const target = { transcript: uri.toString(), finding: finding.group.key };
          const text = new vscode.MarkdownString(
            actions()
              .map(([title, command]) => `[${title}](${commandUri(command, target)})`)
              .join(' · '),
          );
          text.isTrusted = { enabledCommands: actions().map(([, command]) => command) };
          return new vscode.Hover(text, finding.range);
        },
      },
    ),
  );
}

/** With the keys of `contributions/menus.ts`. */
function actions(): readonly (readonly [string, CommandId])[] {
  return [
    [vscode.l10n.t('Accept (Alt+A)'), 'reflection.acceptFinding'],
    [vscode.l10n.t('Reject (Alt+R)'), 'reflection.rejectFinding'],
    [vscode.l10n.t('Superficial (Alt+S)'), 'reflection.markSuperficial'],
    [vscode.l10n.t('Whole critique (Alt+Enter)'), 'reflection.showCritique'],
    [vscode.l10n.t('More… (Ctrl+. or Cmd+.)'), 'reflection.reviewFinding'],
  ];
}

/** A bracket of a key would end the link. */
function commandUri(command: CommandId, target: FindingTarget): string {
  const parameters = encodeURIComponent(JSON.stringify([target]));
  return `command:${command}?${parameters.replaceAll('(', '%28').replaceAll(')', '%29')}`;
}
