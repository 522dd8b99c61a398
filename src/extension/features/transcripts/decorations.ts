import * as vscode from 'vscode';
import { findingMessage } from '../../../core/findings/index.ts';
import { positionAt } from '../../../core/transcript/index.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { findingAt } from './current.ts';
import type { TranscriptDocuments } from './documents.ts';

const MESSAGE_CHARACTERS = 120;

/** Our own lines are quieter than the solution; the finding at the cursor, and only that one, is told at its line's end. */
export function registerDecorations(services: Services, documents: TranscriptDocuments): void {
  const ours = vscode.window.createTextEditorDecorationType({
    color: new vscode.ThemeColor('descriptionForeground'),
    isWholeLine: true,
  });
  const said = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 2em', color: new vscode.ThemeColor('editorCodeLens.foreground') },
  });
  const decorate = (editor: vscode.TextEditor) => {
    const transcript = documents.get(editor.document.uri);
    if (editor.document.uri.scheme !== TRANSCRIPT_SCHEME || transcript === undefined) return;
    editor.setDecorations(
      ours,
      transcript.sourceMap === null ? [] : around(editor, transcript.text, transcript.sourceMap.solution),
    );
    const finding = findingAt(documents, editor.document.uri, editor.selection.active);
    if (finding === undefined) {
      editor.setDecorations(said, []);
      return;
    }
    const end = editor.document.lineAt(Math.min(finding.range.end.line, editor.document.lineCount - 1)).range
      .end;
    const contentText = shortened(findingMessage(finding.group));
    editor.setDecorations(said, [
      { range: new vscode.Range(end, end), renderOptions: { after: { contentText } } },
    ]);
  };
  services.context.subscriptions.push(
    ours,
    said,
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => decorate(textEditor)),
    vscode.window.onDidChangeVisibleTextEditors((editors) => {
      for (const editor of editors) decorate(editor);
    }),
    documents.onDidLoad((uri) => {
      for (const editor of vscode.window.visibleTextEditors) {
        if (editor.document.uri.toString() === uri.toString()) decorate(editor);
      }
    }),
  );
}

/** What is not the solution: everything before it and after it. */
function around(
  editor: vscode.TextEditor,
  text: string,
  [start, end]: readonly [number, number],
): vscode.Range[] {
  const { document } = editor;
  const last = document.lineAt(document.lineCount - 1).range.end;
  const from = positionAt(text, start);
  const to = positionAt(text, end);
  const tail = new vscode.Range(new vscode.Position(to.line + 1, 0), last);
  return [
    new vscode.Range(0, 0, Math.max(0, from.line - 1), 0),
    ...(to.line + 1 < document.lineCount ? [tail] : []),
  ];
}

function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ');
  return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line;
}
