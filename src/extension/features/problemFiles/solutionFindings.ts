/** Critiques of the worked solution of a problem document, on the text as it stands in the editor. */
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { type Anchor, foundAnchor, movedAnchor } from '../../../core/findings/anchors.ts';
import { type FindingGroup, findingMessage, groupFindings } from '../../../core/findings/index.ts';
import type { Handlers } from '../../commands.ts';
import type { CommandId } from '../../contributions.ts';
import { findingLook, onFindingSettings } from '../../findingLook.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { transcriptUri } from '../../transcriptAddress.ts';

interface AnchoredFinding {
  readonly group: FindingGroup;
  /** The text that the critic saw there. */
  readonly quoted: string;
  /** In the document. */
  anchor: Anchor;
}

interface Shown {
  /** Run and its revision: another one replaces the findings. */
  readonly source: string;
  readonly run: RunEntry;
  readonly solution: string;
  readonly findings: readonly AnchoredFinding[];
}

const LANGUAGE = 'reflection-problem';

/**
 * Findings follow the edits of the text that they talk about, and are marked as stale when that text itself was
 * changed. They go when the person dismisses them, or when a newer critique is there.
 */
export function registerSolutionFindings(services: Services): Handlers<'reflection.dismissFinding'> {
  const findings = new SolutionFindings(services);
  services.context.subscriptions.push(findings, registerFixes(findings));
  return { 'reflection.dismissFinding': (uri, key) => findings.dismiss(uri, key) };
}

class SolutionFindings implements vscode.Disposable {
  readonly #services: Services;
  readonly #collection = vscode.languages.createDiagnosticCollection('reflection solution');
  readonly #shown = new Map<string, Shown>();
  /** By the person's hand; a review changes the run, and does not bring them back. */
  readonly #dismissed = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];
  #hold: vscode.Disposable | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#subscriptions = [
      services.runs.onDidChange(() => this.#readAll()),
      vscode.workspace.onDidOpenTextDocument(() => this.#readAll()),
      vscode.workspace.onDidChangeTextDocument((event) => this.#edited(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      onFindingSettings(() => {
        for (const document of vscode.workspace.textDocuments) this.#publish(document);
      }),
    ];
    this.#readAll();
  }

  /** What is shown on a document, and the findings that are. */
  visible(document: vscode.TextDocument): { here: Shown; findings: AnchoredFinding[] } | null {
    const here = this.#shown.get(document.uri.toString());
    if (here === undefined) return null;
    const { isShown } = findingLook();
    const isDismissed = (key: string) => this.#dismissed.has(`${here.run.dir} ${key}`);
    return { here, findings: here.findings.filter(({ group }) => isShown(group) && !isDismissed(group.key)) };
  }

  dismiss(uri: unknown, key: unknown): void {
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
    const here = document && this.#shown.get(document.uri.toString());
    if (document === undefined || here === undefined) return;
    this.#dismissed.add(`${here.run.dir} ${key}`);
    this.#publish(document);
  }

  dispose(): void {
    this.#hold?.dispose();
    vscode.Disposable.from(this.#collection, ...this.#subscriptions).dispose();
  }

  #readAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      this.#read(document).catch((thrown: unknown) =>
        this.#services.log.warn(`findings on ${document.uri.path} cannot be shown: ${messageOf(thrown)}`),
      );
    }
  }

  async #read(document: vscode.TextDocument): Promise<void> {
    if (document.languageId !== LANGUAGE || document.uri.scheme !== 'file') return;
    this.#hold ??= this.#services.runs.hold();
    const key = document.uri.toString();
    const run = newestCritique(this.#services, document.uri.fsPath);
    const source = run === undefined ? '' : `${run.dir} ${run.revision}`;
    if (run === undefined || this.#shown.get(key)?.source === source) return;
    const next = await findingsOf(this.#services, document, run, source);
    if (next === null || document.isClosed) return;
    this.#shown.set(key, next);
    this.#publish(document);
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const here = this.#shown.get(document.uri.toString());
    if (here === undefined || contentChanges.length === 0) return;
    for (const finding of here.findings) {
      // VS Code orders the changes of one edit from the end, so that each offset holds when it is its turn.
      for (const { rangeOffset, rangeLength, text } of contentChanges) {
        const change = { start: rangeOffset, removed: rangeLength, inserted: text.length };
        finding.anchor = movedAnchor(finding.anchor, change);
      }
      // Whoever takes an edit back has the text again that the critic saw.
      const { anchor, quoted } = finding;
      if (anchor.isStale && document.getText(rangeOf(document, anchor)) === quoted)
        finding.anchor = { ...anchor, isStale: false };
    }
    this.#publish(document);
  }

  #publish(document: vscode.TextDocument): void {
    const visible = this.visible(document);
    if (visible === null) return;
    const { severityOf } = findingLook();
    const diagnostics = visible.findings.map((finding) =>
      diagnosticOf(document, finding, visible.here, severityOf(finding.group)),
    );
    this.#collection.set(document.uri, diagnostics);
  }

  #closed(document: vscode.TextDocument): void {
    this.#shown.delete(document.uri.toString());
    this.#collection.delete(document.uri);
    if (vscode.workspace.textDocuments.some(({ languageId }) => languageId === LANGUAGE)) return;
    this.#hold?.dispose();
    this.#hold = undefined;
  }
}

function registerFixes(shown: SolutionFindings): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { language: LANGUAGE },
    {
      provideCodeActions(document, range) {
        const { here, findings } = shown.visible(document) ?? {};
        if (here === undefined || findings === undefined) return [];
        const folder = here.run.folder.uri.toString();
        const name = { folder, run: here.run.id, kind: 'transcript', sample: here.solution } as const;
        return findings
          .filter(({ anchor }) => rangeOf(document, anchor).intersection(range) !== undefined)
          .flatMap(({ group: { key } }) => {
            const finding = { transcript: transcriptUri(name).toString(), finding: key };
            return [
              fix(vscode.l10n.t('Accept'), 'reflection.acceptFinding', finding),
              fix(vscode.l10n.t('Reject'), 'reflection.rejectFinding', finding),
              fix(vscode.l10n.t('Mark superficial'), 'reflection.markSuperficial', finding),
              fix(vscode.l10n.t('Show whole critique'), 'reflection.showCritique', finding),
              fix(
                vscode.l10n.t('Dismiss this finding'),
                'reflection.dismissFinding',
                document.uri.toString(),
                key,
              ),
            ];
          });
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function fix(title: string, command: CommandId, ...parameters: readonly unknown[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { command, title, arguments: [...parameters] };
  return action;
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
  const findings = groups.map((group): AnchoredFinding => {
    const { span, isStale } = foundAnchor(solution.text, section.text, group.span);
    const quoted = solution.text.slice(...group.span);
    return { group, quoted, anchor: { span: [start + span[0], start + span[1]], isStale } };
  });
  return { source, run, solution: solution.id, findings };
}

function rangeOf(document: vscode.TextDocument, { span: [start, end] }: Anchor): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

function diagnosticOf(
  document: vscode.TextDocument,
  { group, anchor }: AnchoredFinding,
  shown: Shown,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const stale = anchor.isStale ? ` ${vscode.l10n.t('(the text was changed since)')}` : '';
  const diagnostic = new vscode.Diagnostic(
    rangeOf(document, anchor),
    `${findingMessage(group)}${stale}`,
    anchor.isStale ? vscode.DiagnosticSeverity.Hint : severity,
  );
  diagnostic.source = 'reflection';
  const [{ run, critique }] = group.claims;
  const folder = shown.run.folder.uri.toString();
  const uri = transcriptUri({ folder, run, kind: 'critique', sample: critique.id });
  diagnostic.code = { value: anchor.isStale ? 'stale' : group.kind, target: uri };
  const isFaded = anchor.isStale || group.kind === 'superficial' || group.decision === 'superficial';
  if (isFaded) diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  return diagnostic;
}
