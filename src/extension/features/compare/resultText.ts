import * as vscode from 'vscode';
import { z } from 'zod';
import type { SampleText } from '../../../node/comparison/client.ts';
import { provideTexts } from '../../readOnlyTexts.ts';
import type { Services } from '../../services.ts';
import { armAt, fileArm, fileName } from './arms.ts';

const RESULT_SCHEME = 'reflection-result';
const placeSchema = z.object({ file: z.string(), problemId: z.string(), position: z.int().min(0) });

/** Names a sample of a results file. As a URI it survives a reload: it holds no content. */
export function resultUri(file: vscode.Uri, problemId: string, position: number): vscode.Uri {
  const name = `${problemId}#${position}`.replaceAll(/[/\\]/g, '∕');
  return vscode.Uri.from({
    scheme: RESULT_SCHEME,
    path: `/${fileName(file).replaceAll(/[/\\]/g, '∕')}/${name}.txt`,
    query: JSON.stringify({ file: file.toString(), problemId, position }),
  });
}

/** Samples of results files as read-only documents: what the file says, and nothing of it is markup. */
export function provideResultTexts(services: Services): void {
  provideTexts(services, RESULT_SCHEME, async ({ query }) => {
    const { file, problemId, position } = placeSchema.parse(JSON.parse(query));
    const uri = vscode.Uri.parse(file);
    const sample = await services.comparer().textAt(await armAt(fileArm(uri)), problemId, position);
    if (sample === null) return vscode.l10n.t('{0} has no such sample.', fileName(uri));
    return textOf(`${fileName(uri)}:${sample.line} · ${problemId}`, sample);
  });
}

function textOf(place: string, { statement, gold, answer, grade, text }: SampleText): string {
  const verdict = grade ?? vscode.l10n.t('graded by the workbench');
  return [
    place,
    `${vscode.l10n.t('answer')}: ${answer ?? '–'} (${verdict}), ${vscode.l10n.t('gold')}: ${gold ?? '–'}`,
    ...(statement === '' ? [] : ['', statement]),
    ...(text === '' ? [] : ['', text]),
    '',
  ].join('\n');
}
