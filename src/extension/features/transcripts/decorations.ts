import * as vscode from 'vscode';
import { findingMessage } from '../../../core/findings/index.ts';
import type { TraceReflection } from '../../../core/reflection/index.ts';
import { toTranscriptOffset } from '../../../core/transcript/index.ts';
import { visibleLine } from '../../../core/visibleText.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { findingAt } from './current.ts';
import type { TranscriptDocuments } from './documents.ts';
import type { LoadedTranscript } from './library.ts';

const MESSAGE_CHARACTERS = 120;

/**
 * Our own lines are quieter than the solution; a reflection has a bar of the colour of what it did, and says so in words
 * at its line's end; the finding at the cursor, and only that one, is told there, too.
 */
export function registerDecorations(services: Services, documents: TranscriptDocuments): void {
  const ours = vscode.window.createTextEditorDecorationType({
    color: new vscode.ThemeColor('descriptionForeground'),
    isWholeLine: true,
  });
  const said = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 2em', color: new vscode.ThemeColor('editorCodeLens.foreground') },
  });
  const bars = OUTCOMES.map((outcome) => ({ outcome, type: reflectionBar(outcome.colour) }));

  const tellFindingAtCursor = (editor: vscode.TextEditor) => {
    const finding = findingAt(documents, editor.document.uri, editor.selection.active);
    const line = Math.min(finding?.range.end.line ?? 0, editor.document.lineCount - 1);
    const { end } = editor.document.lineAt(line).range;
    const after = {
      contentText:
        finding === undefined ? '' : visibleLine(findingMessage(finding.group), MESSAGE_CHARACTERS),
    };
    const told = { range: new vscode.Range(end, end), renderOptions: { after } };
    editor.setDecorations(said, finding === undefined ? [] : [told]);
  };
  const decorate = (editor: vscode.TextEditor) => {
    const transcript = documents.get(editor.document.uri);
    if (editor.document.uri.scheme !== TRANSCRIPT_SCHEME || transcript === undefined) return;
    const { sourceMap } = transcript;
    editor.setDecorations(ours, sourceMap === null ? [] : around(editor, transcript, sourceMap.solution));
    for (const { outcome, type } of bars)
      editor.setDecorations(type, reflectionsIn(transcript, outcome.holds));
    tellFindingAtCursor(editor);
  };
  services.context.subscriptions.push(
    ours,
    said,
    ...bars.map(({ type }) => type),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor.document.uri.scheme === TRANSCRIPT_SCHEME) tellFindingAtCursor(textEditor);
    }),
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

interface Outcome {
  readonly holds: (reflection: TraceReflection) => boolean;
  /** Id of a theme colour. */
  readonly colour: string;
}

/** A reflection with no answer before it has nothing to tell, and no bar. Each colour is there and opaque in every theme. */
const OUTCOMES: readonly Outcome[] = [
  { holds: ({ transition }) => transition === 'i→c', colour: 'charts.green' },
  { holds: ({ transition }) => transition === 'c→i', colour: 'charts.red' },
  { holds: ({ transition }) => transition === 'c→c', colour: 'charts.blue' },
  { holds: ({ transition }) => transition === 'i→i', colour: 'charts.yellow' },
];

function reflectionBar(colour: string): vscode.TextEditorDecorationType {
  const theme = new vscode.ThemeColor(colour);
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: theme,
    borderStyle: 'solid',
    borderWidth: '0 0 0 2px',
    overviewRulerColor: theme,
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
}

/** More bars than this are not told apart, and each costs the editor. */
const REFLECTIONS_AT_MOST = 500;

function reflectionsIn(
  { trace, place, sourceMap }: LoadedTranscript,
  holds: Outcome['holds'],
): vscode.DecorationOptions[] {
  const reflections = sourceMap === null ? [] : (trace()?.reflections ?? []);
  return reflections
    .slice(0, REFLECTIONS_AT_MOST)
    .filter(holds)
    .flatMap((reflection): vscode.DecorationOptions[] => {
      const [start, end] = reflection.span.map((offset) => toTranscriptOffset(sourceMap ?? NOWHERE, offset));
      const [from, to] = [place(start ?? 0), place(end ?? 0)];
      const words = reflection.isSuperficial ? ` ${vscode.l10n.t('superficial')}` : '';
      const contentText = `↺ ${reflection.transition}${words}`;
      const after = {
        contentText,
        margin: '0 0 0 2em',
        color: new vscode.ThemeColor('editorCodeLens.foreground'),
      };
      const firstLine = new vscode.Range(
        from.line,
        Number.MAX_SAFE_INTEGER,
        from.line,
        Number.MAX_SAFE_INTEGER,
      );
      return [{ range: new vscode.Range(from, to) }, { range: firstLine, renderOptions: { after } }];
    });
}

const NOWHERE = { solution: [0, 0] as [number, number] };

/** What is not the solution: everything before it and after it. */
function around(
  editor: vscode.TextEditor,
  { place }: LoadedTranscript,
  [start, end]: readonly [number, number],
): vscode.Range[] {
  const { document } = editor;
  const last = document.lineAt(document.lineCount - 1).range.end;
  const from = place(start);
  const to = place(end);
  const tail = new vscode.Range(new vscode.Position(to.line + 1, 0), last);
  return [
    new vscode.Range(0, 0, Math.max(0, from.line - 1), 0),
    ...(to.line + 1 < document.lineCount ? [tail] : []),
  ];
}
