import * as vscode from 'vscode';

/** Fields of a row, by the names that the reader knows first. */
const FIELDS: readonly (readonly [name: string, about: string])[] = [
  ['id', vscode.l10n.t('Name of the problem in runs and reviews; a number is given where there is none')],
  ['problem', vscode.l10n.t('The statement given to the model')],
  ['answer', vscode.l10n.t('The gold answer, such as 42, 3/4 or \\\\frac{3}{4}')],
  ['solution', vscode.l10n.t('Worked reference solution, which can be criticised')],
  ['level', vscode.l10n.t('Difficulty: a number or a word')],
  ['subject', vscode.l10n.t('Such as algebra')],
  ['options', vscode.l10n.t('Choices of a multiple-choice question')],
  ['mode', vscode.l10n.t('How the answer is compared; found out from the row where it is absent')],
];

/** Completes the fields of a problem in JSON lines, which no JSON schema reaches. */
export function registerRowCompletion(): vscode.Disposable {
  const selector: vscode.DocumentFilter[] = ['jsonl', 'ndjson'].map((extension) => ({
    scheme: 'file',
    pattern: `**/*.${extension}`,
  }));
  return vscode.languages.registerCompletionItemProvider(
    selector,
    {
      async provideCompletionItems(document, position) {
        const line = document.lineAt(position.line).text;
        const before = line.slice(0, position.character);
        const value = /"mode"\s*:\s*"?(?<begun>\w*)$/.exec(before)?.groups?.begun;
        if (value !== undefined) {
          const { answerModeSchema } = await import('../../problemReading.ts');
          return answerModeSchema.options.map((mode) =>
            item(mode, before.endsWith('"') ? mode : `"${mode}"`),
          );
        }
        // A key can stand after { and after a comma that ends a value.
        const begun = /(?:\{|["\d\]}el],)\s*(?<quote>"?)\w*$/.exec(before)?.groups;
        if (begun === undefined) return [];
        return FIELDS.filter(([name]) => !line.includes(`"${name}"`)).map(([name, about]) =>
          item(name, begun.quote === '"' ? name : `"${name}": `, about),
        );
      },
    },
    '"',
  );
}

function item(label: string, insertText: string, about?: string): vscode.CompletionItem {
  const completion = new vscode.CompletionItem(label, vscode.CompletionItemKind.Field);
  completion.insertText = insertText;
  completion.filterText = label;
  if (about !== undefined) completion.documentation = about;
  return completion;
}
