/** Critiques of the worked solution of a problem document, on the text as it stands in the editor. */
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { type Anchor, foundAnchor, movedAnchor } from '../../../core/findings/anchors.ts';
import { type FindingGroup, findingMessage, groupFindings } from '../../../core/findings/index.ts';
import type { Handlers } from '../../commands.ts';
import type { CommandId } from '../../contributions.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { transcriptUri } from '../../transcriptAddress.ts';

interface AnchoredFinding {
  readonly group: FindingGroup;
  /** In the document. */
  anchor: Anchor;
}

interface Shown {
  /** Run and its revision: another one replaces the findings. */
  readonly source: string;
  readonly run: RunEntry;
  readonly solution: string;
  findings: AnchoredFinding[];
}

const LANGUAGE = 'reflection-problem';

/**
 * Findings follow the edits of the text that they talk about, and are marked as stale when that text itself was
 * changed. They go when the person dismisses them, or when a newer critique is there.
 */
export function registerSolutionFindings(services: Services): Handlers<'reflection.dismissFinding'> {
  const collection = vscode.languages.createDiagnosticCollection('reflection solution');
  const shown = new Map<string, Shown>();
  let hold: vscode.Disposable | undefined;

  const publish = (document: vscode.TextDocument) => {
    const findings = shown.get(document.uri.toString())?.findings ?? [];
    collection.set(
      document.uri,
      findings.map((finding) => diagnosticOf(document, finding, shown.get(document.uri.toString()))),
    );
  };
  const read = async (document: vscode.TextDocument) => {
    if (document.languageId !== LANGUAGE || document.uri.scheme !== 'file') return;
    hold ??= services.runs.hold();
    const key = document.uri.toString();
    const run = newestCritique(services, document.uri.fsPath);
    const source = run === undefined ? '' : `${run.dir} ${run.revision}`;
    if (run === undefined || shown.get(key)?.source === source) return;
    const next = await findingsOf(services, document, run, source);
    if (next === null || document.isClosed) return;
    shown.set(key, next);
    publish(document);
  };
  const readAll = () => {
    for (const document of vscode.workspace.textDocuments) {
      read(document).catch((thrown: unknown) =>
        services.log.warn(`findings on ${document.uri.path} cannot be shown: ${messageOf(thrown)}`),
      );
    }
  };
  readAll();
  services.context.subscriptions.push(
    collection,
    { dispose: () => hold?.dispose() },
    services.runs.onDidChange(readAll),
    vscode.workspace.onDidOpenTextDocument(readAll),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const here = shown.get(document.uri.toString());
      if (here === undefined || contentChanges.length === 0) return;
      // VS Code orders the changes of one edit from the end, so that each offset holds when it is its turn.
      for (const { rangeOffset, rangeLength, text } of contentChanges) {
        for (const finding of here.findings) {
          const change = { start: rangeOffset, removed: rangeLength, inserted: text.length };
          finding.anchor = movedAnchor(finding.anchor, change);
        }
      }
      publish(document);
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      shown.delete(document.uri.toString());
      collection.delete(document.uri);
      const isNeeded = vscode.workspace.textDocuments.some(({ languageId }) => languageId === LANGUAGE);
      if (!isNeeded) {
        hold?.dispose();
        hold = undefined;
      }
    }),
    registerFixes(shown),
  );
  return {
    'reflection.dismissFinding': (uri, key) => {
      const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
      const here = typeof uri === 'string' ? shown.get(uri) : undefined;
      if (document === undefined || here === undefined) return;
      here.findings = here.findings.filter(({ group }) => group.key !== key);
      publish(document);
    },
  };
}

function registerFixes(shown: ReadonlyMap<string, Shown>): vscode.Disposable {
  const command: CommandId = 'reflection.dismissFinding';
  return vscode.languages.registerCodeActionsProvider(
    { language: LANGUAGE },
    {
      provideCodeActions(document, range) {
        const here = shown.get(document.uri.toString());
        const at = (here?.findings ?? []).filter(
          ({ anchor }) => rangeOf(document, anchor).intersection(range) !== undefined,
        );
        return at.map(({ group }) => {
          const title = vscode.l10n.t('Dismiss this finding');
          const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
          action.command = { command, title, arguments: [document.uri.toString(), group.key] };
          return action;
        });
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

/** The newest run that criticised this file, when it criticised any of it. */
function newestCritique(services: Services, file: string): RunEntry | undefined {
  return services.runs.runs.find(
    ({ manifest }) =>
      manifest.kind === 'critique' &&
      manifest.problemSet?.path === file &&
      !manifest.parents.some(({ role }) => role === 'solutions'),
  );
}

async function findingsOf(
  services: Services,
  document: vscode.TextDocument,
  run: RunEntry,
  source: string,
): Promise<Shown | null> {
  const { solutions, critiques, reviews } = await services.runs.samples.data(run);
  const { parseProblems, readProblemDocument } = await import('../../problemReading.ts');
  const text = document.getText();
  const [problem] = parseProblems(text, { file: document.fileName, format: 'markdown' }).problems;
  const section = readProblemDocument(text).sections.find(({ title }) => title === 'solution');
  const solution = solutions.find(({ problemId }) => problemId === problem?.id);
  if (section === undefined || solution === undefined) return null;
  const start = section.start + text.slice(section.start, section.end).search(/\S|$/);
  const groups = groupFindings(solution.id, [{ run: run.id, critiques, reviews }]);
  const findings = groups
    .filter(({ kind, decision }) => kind !== 'confirmed' && decision !== 'reject')
    .map((group): AnchoredFinding => {
      const { span, isStale } = foundAnchor(solution.text, section.text, group.span);
      return { group, anchor: { span: [start + span[0], start + span[1]], isStale } };
    });
  return { source, run, solution: solution.id, findings };
}

function rangeOf(document: vscode.TextDocument, { span: [start, end] }: Anchor): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

function diagnosticOf(
  document: vscode.TextDocument,
  { group, anchor }: AnchoredFinding,
  shown: Shown | undefined,
): vscode.Diagnostic {
  const { Hint, Warning } = vscode.DiagnosticSeverity;
  const stale = anchor.isStale ? ` ${vscode.l10n.t('(the text was changed since)')}` : '';
  const severity = group.isVerified && !anchor.isStale ? Warning : Hint;
  const diagnostic = new vscode.Diagnostic(
    rangeOf(document, anchor),
    `${findingMessage(group)}${stale}`,
    severity,
  );
  diagnostic.source = 'reflection';
  const [{ run, critique }] = group.claims;
  if (shown !== undefined) {
    const folder = shown.run.folder.uri.toString();
    diagnostic.code = {
      value: anchor.isStale ? 'stale' : group.kind,
      target: transcriptUri({ folder, run, kind: 'critique', sample: critique.id }),
    };
  }
  if (anchor.isStale) diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  return diagnostic;
}
