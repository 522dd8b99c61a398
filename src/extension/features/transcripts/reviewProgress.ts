import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { type FindingGroup, findingMessage, reviewProgress } from '../../../core/findings/index.ts';
import { problemOfSample } from '../../../core/runs/sampleIds.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import { holdWhileVisible } from '../../holdWhileVisible.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { transcriptAddress, transcriptUri } from '../../transcriptAddress.ts';
import type { FindingTarget } from './current.ts';
import { isLargeReview, solutionsAround } from './library.ts';

/** A solution with findings to review, or one of its findings. */
type Row =
  | {
      readonly row: 'solution';
      readonly run: RunEntry;
      readonly id: string;
      readonly groups: readonly FindingGroup[];
    }
  | ({ readonly row: 'finding'; readonly group: FindingGroup } & FindingTarget);

/**
 * The Review view: the findings of the run whose transcript was looked at last, by solution, with the decision on each.
 * How far the review is stands in its title, and at the transcript's language status.
 */
export function registerReviewProgress(services: Services): void {
  const changed = new vscode.EventEmitter<void>();
  let address: { readonly folder: string; readonly run: string; readonly sample: string } | undefined;
  const current = () => address && services.runs.find(vscode.Uri.parse(address.folder), address.run);
  const view = vscode.window.createTreeView<Row>('reflection.review', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: itemOf,
      getChildren: (row) => childrenOf(services, current(), address?.sample ?? '', row),
    },
    showCollapseAll: true,
  });
  const status = vscode.languages.createLanguageStatusItem('reflection.review', {
    scheme: TRANSCRIPT_SCHEME,
  });
  status.name = vscode.l10n.t('Review of findings');
  status.text = '';
  status.command = { command: 'reflection.review.focus', title: vscode.l10n.t('Show') };

  const show = async () => {
    const run = current();
    const around = run === undefined ? null : await solutionsAround(services, run, address?.sample ?? '');
    const findings = [...(around?.findings.values() ?? [])].flat();
    const title = [run?.manifest.title || run?.id, around?.problemId].filter(Boolean).join(' · ');
    const { reviewed, total } = reviewProgress(findings);
    const text = total === 0 ? '' : vscode.l10n.t('{0} of {1} reviewed', reviewed, total);
    view.description = text;
    view.message =
      run === undefined || total === 0
        ? ''
        : reviewed === total
          ? vscode.l10n.t('{0}: everything is reviewed.', title)
          : title;
    status.text = text || vscode.l10n.t('no findings');
    changed.fire();
  };
  const update = () => {
    show().catch((thrown: unknown) => services.log.warn(`the review cannot be shown: ${messageOf(thrown)}`));
  };
  const follow = (editor: vscode.TextEditor | undefined) => {
    const found = editor && transcriptAddress(editor.document.uri);
    if (found === null || found === undefined || found.kind !== 'transcript') return;
    const isSameRun = found.run === address?.run && found.folder === address.folder;
    const run = services.runs.find(vscode.Uri.parse(found.folder), found.run);
    const isWhole = run === undefined || !isLargeReview(services, run);
    const isSameProblem = problemOfSample(found.sample) === problemOfSample(address?.sample ?? '');
    if (isSameRun && (isWhole || isSameProblem)) return;
    address = { folder: found.folder, run: found.run, sample: found.sample };
    update();
  };
  services.context.subscriptions.push(
    changed,
    view,
    status,
    holdWhileVisible(services, view),
    vscode.window.onDidChangeActiveTextEditor(follow),
    services.runs.onDidChange(update),
  );
  follow(vscode.window.activeTextEditor);
}

async function childrenOf(
  services: Services,
  run: RunEntry | undefined,
  sample: string,
  row: Row | undefined,
): Promise<Row[]> {
  if (run === undefined || row?.row === 'finding') return [];
  if (row === undefined) {
    const { solutions, findings } = await solutionsAround(services, run, sample);
    return solutions.flatMap(({ id }): Row[] => {
      const groups = (findings.get(id) ?? []).filter(({ kind }) => kind !== 'confirmed');
      return groups.length === 0 ? [] : [{ row: 'solution', run, id, groups }];
    });
  }
  const uri = transcriptUri({
    folder: row.run.folder.uri.toString(),
    run: row.run.id,
    kind: 'transcript',
    sample: row.id,
  });
  return row.groups.map((group) => ({
    row: 'finding',
    transcript: uri.toString(),
    finding: group.key,
    group,
  }));
}

function itemOf(row: Row): vscode.TreeItem {
  if (row.row === 'solution') {
    const { reviewed, total } = reviewProgress(row.groups);
    const item = new vscode.TreeItem(row.id, vscode.TreeItemCollapsibleState.Expanded);
    item.id = `${row.run.dir} ${row.id}`;
    item.description = vscode.l10n.t('{0} of {1} reviewed', reviewed, total);
    item.contextValue = 'solution';
    return item;
  }
  const { group } = row;
  const item = new vscode.TreeItem(findingMessage(group));
  item.id = `${row.transcript} ${row.finding}`;
  item.tooltip = findingMessage(group);
  item.iconPath = iconOf(group);
  item.contextValue = 'finding';
  item.command = {
    command: 'reflection.showFinding',
    title: vscode.l10n.t('Show Finding'),
    arguments: [{ transcript: row.transcript, finding: row.finding } satisfies FindingTarget],
  };
  return item;
}

function iconOf({ decision, isVerified }: FindingGroup): vscode.ThemeIcon {
  switch (decision) {
    case 'accept':
      return new vscode.ThemeIcon('check', new vscode.ThemeColor('testing.iconPassed'));
    case 'edited':
      return new vscode.ThemeIcon('edit', new vscode.ThemeColor('testing.iconPassed'));
    case 'reject':
      return new vscode.ThemeIcon('close', new vscode.ThemeColor('testing.iconFailed'));
    case 'superficial':
      return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('testing.iconSkipped'));
    case null:
      return isVerified
        ? new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('list.warningForeground'))
        : new vscode.ThemeIcon('circle-outline');
    default:
      throw new Error(`no such decision: ${decision satisfies never}`);
  }
}
