import * as vscode from 'vscode';
import { splitSteps } from '../../../core/reflection/index.ts';

/** Outline and folds of `*.problem.md`: front matter, sections, and the steps of a worked solution. */
export function registerDocumentOutline(): vscode.Disposable {
  const selector: vscode.DocumentFilter = { language: 'reflection-problem' };
  return vscode.Disposable.from(
    vscode.languages.registerDocumentSymbolProvider(selector, { provideDocumentSymbols: symbolsOf }),
    vscode.languages.registerFoldingRangeProvider(selector, { provideFoldingRanges: foldsOf }),
  );
}

async function symbolsOf(document: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
  const { readProblemDocument } = await import('../../problemReading.ts');
  const text = document.getText();
  const { Namespace, Function: Step } = vscode.SymbolKind;
  return readProblemDocument(text).sections.map(({ title, start, end }) => {
    const heading = document.lineAt(document.positionAt(start).line).range;
    const range = new vscode.Range(heading.start, document.positionAt(end));
    const name = title.charAt(0).toUpperCase() + title.slice(1);
    const symbol = new vscode.DocumentSymbol(name, '', Namespace, range, heading);
    if (title === 'solution') {
      symbol.children = splitSteps(text, [start, end]).map(({ number, span }) => {
        const at = new vscode.Range(document.positionAt(span[0]), document.positionAt(span[1]));
        const first = document.lineAt(at.start.line).text.trim();
        return new vscode.DocumentSymbol(vscode.l10n.t('Step {0}', number), first, Step, at, at);
      });
    }
    return symbol;
  });
}

async function foldsOf(document: vscode.TextDocument): Promise<vscode.FoldingRange[]> {
  const { readProblemDocument } = await import('../../problemReading.ts');
  const text = document.getText();
  const sections = readProblemDocument(text).sections.map(({ start, end }) => {
    const last = document.positionAt(start + text.slice(start, end).trimEnd().length);
    return new vscode.FoldingRange(
      document.positionAt(start).line,
      last.line,
      vscode.FoldingRangeKind.Region,
    );
  });
  const close = /^---[ \t]*$/.test(document.lineAt(0).text) ? text.indexOf('\n---', 3) : -1;
  const frontMatter =
    close < 0
      ? []
      : [new vscode.FoldingRange(0, document.positionAt(close + 1).line, vscode.FoldingRangeKind.Region)];
  return [...frontMatter, ...sections].filter(({ start, end }) => end > start);
}
