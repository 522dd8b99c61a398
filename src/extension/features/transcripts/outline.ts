import * as vscode from 'vscode';
import type { Trace } from '../../../core/reflection/index.ts';
import {
  type OutlineNode,
  outlineOf,
  type Section,
  toTranscriptSpan,
} from '../../../core/transcript/index.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { setting } from '../../settings.ts';
import type { TranscriptDocuments } from './documents.ts';
import type { LoadedTranscript } from './library.ts';

/** Outline, breadcrumbs and folding of transcripts. */
export function registerOutline(services: Services, documents: TranscriptDocuments): void {
  const selector: vscode.DocumentFilter = { scheme: TRANSCRIPT_SCHEME };
  const folded = new Set<string>();
  services.context.subscriptions.push(
    vscode.languages.registerDocumentSymbolProvider(
      selector,
      { provideDocumentSymbols: ({ uri }) => symbolsOf(documents.get(uri)) },
      { label: vscode.l10n.t('Steps and reflections') },
    ),
    vscode.languages.registerFoldingRangeProvider(selector, {
      provideFoldingRanges: ({ uri }) => foldsOf(documents.get(uri)),
    }),
    documents.onDidClose((uri) => folded.delete(uri.toString())),
    vscode.window.onDidChangeActiveTextEditor(async (editor) => {
      const uri = editor?.document.uri;
      const transcript = uri && documents.get(uri);
      if (uri === undefined || transcript === undefined || folded.has(uri.toString())) return;
      folded.add(uri.toString());
      const thinking = thinkingLines(transcript);
      if (thinking === null || !isFoldedAtFirst(transcript)) return;
      await vscode.commands.executeCommand('editor.fold', { selectionLines: [thinking.start] });
    }),
  );
}

/** With `auto` the thinking stays open when there is a finding in it: that is what one came to read. */
function isFoldedAtFirst(transcript: LoadedTranscript): boolean {
  const wanted = setting('reflection.transcripts.foldThinking');
  if (wanted !== 'auto') return wanted === 'always';
  const think = transcript.trace()?.parts.think ?? null;
  return think !== null && transcript.findings.every(({ span }) => span[0] < think[0] || span[0] >= think[1]);
}

function foldsOf(transcript: LoadedTranscript | undefined): vscode.FoldingRange[] {
  if (transcript === undefined) return [];
  const sections = transcript.sections.map(({ span: [start, end] }) => ({
    start: transcript.place(start).line,
    end: transcript.place(Math.max(start, end - 1)).line,
  }));
  const thinking = thinkingLines(transcript);
  return [...sections, ...(thinking === null ? [] : [thinking])]
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => new vscode.FoldingRange(start, end, vscode.FoldingRangeKind.Region));
}

/** From the line of `<think>` to that of `</think>`; null when it is short, or there is none. */
function thinkingLines(transcript: LoadedTranscript): { start: number; end: number } | null {
  const think = transcript.trace()?.parts.think ?? null;
  if (think === null || transcript.sourceMap === null) return null;
  const [from, to] = toTranscriptSpan(transcript.sourceMap, think);
  const [start, end] = [transcript.place(from).line, transcript.place(to).line];
  return end > start ? { start, end } : null;
}

function symbolsOf(transcript: LoadedTranscript | undefined): vscode.DocumentSymbol[] {
  if (transcript === undefined) return [];
  const trace = transcript.trace();
  return transcript.sections.map(({ name, span }) => {
    const symbol = symbolAt(transcript, SECTION_NAMES[name], '', vscode.SymbolKind.Namespace, span);
    const { sourceMap, text } = transcript;
    if (name === 'solution' && trace !== null && sourceMap !== null) {
      const solution = text.slice(...sourceMap.solution);
      symbol.children = outlineOf(solution, trace).map((node) => symbolOf(transcript, solution, trace, node));
    }
    return symbol;
  });
}

const SECTION_NAMES: Record<Section['name'], string> = {
  problem: 'Problem',
  solution: 'Solution',
  critiques: 'Critiques',
  critique: 'Critique',
  edited: vscode.l10n.t('As edited'),
};

const SYMBOL_KINDS: Record<OutlineNode['kind'], vscode.SymbolKind> = {
  thinking: vscode.SymbolKind.Module,
  step: vscode.SymbolKind.Function,
  reflection: vscode.SymbolKind.Event,
};

const DETAIL_CHARACTERS = 80;

function symbolOf(
  transcript: LoadedTranscript,
  solution: string,
  trace: Trace,
  node: OutlineNode,
): vscode.DocumentSymbol {
  const span = toTranscriptSpan(transcript.sourceMap ?? { solution: [0, 0] }, [...node.span]);
  const firstLine = solution.slice(node.span[0], node.span[0] + DETAIL_CHARACTERS).split('\n', 1)[0] ?? '';
  const detail = node.kind === 'thinking' ? '' : firstLine.trim();
  const symbol = symbolAt(transcript, nameOf(node, trace), detail, SYMBOL_KINDS[node.kind], span);
  symbol.children = node.children.map((child) => symbolOf(transcript, solution, trace, child));
  return symbol;
}

function nameOf({ kind, number }: OutlineNode, trace: Trace): string {
  if (kind === 'thinking') return vscode.l10n.t('Thinking');
  if (kind === 'step') return vscode.l10n.t('Step {0}', number);
  const reflection = trace.reflections[number];
  const parts = [
    '↺',
    reflection?.transition ?? vscode.l10n.t('reflection'),
    ...(reflection?.isSuperficial === true ? [vscode.l10n.t('superficial')] : []),
  ];
  return parts.join(' ');
}

function symbolAt(
  { place }: LoadedTranscript,
  name: string,
  detail: string,
  kind: vscode.SymbolKind,
  [start, end]: readonly [number, number],
): vscode.DocumentSymbol {
  const range = new vscode.Range(place(start), place(end));
  return new vscode.DocumentSymbol(name, detail, kind, range, new vscode.Range(range.start, range.start));
}
