import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { formatOfFile } from '../../../core/problems/format.ts';
import type { Problem } from '../../../core/schema/problem.ts';
import { findProblemFiles } from '../../findProblemFiles.ts';
import type { ParsedSet } from '../../problemDocuments.ts';
import type { Services } from '../../services.ts';
import { createSlicer } from '../../slicer.ts';

/** Each is an item of the Test Explorer, which holds them all. */
const PROBLEMS_AT_MOST = 50_000;

/** Problem files as suites, and their problems as tests; read when somebody opens them. */
export interface TestItems {
  /** The suites of the workspace, as far as they are not there yet. */
  discover(): Promise<void>;
  /** The tests of a suite, read again when the file has changed. */
  resolve(suite: vscode.TestItem): Promise<void>;
  problem(item: vscode.TestItem): Problem | undefined;
}

export function createTestItems(services: Services, controller: vscode.TestController): TestItems {
  const problems = new WeakMap<vscode.TestItem, Problem>();

  function addSuite(uri: vscode.Uri): vscode.TestItem {
    const known = controller.items.get(uri.toString());
    if (known !== undefined) return known;
    const suite = controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    suite.canResolveChildren = true;
    controller.items.add(suite);
    return suite;
  }

  async function resolve(suite: vscode.TestItem): Promise<void> {
    const { uri } = suite;
    if (uri === undefined) return;
    suite.busy = true;
    try {
      const set = await parsed(services, uri);
      const pause = createSlicer();
      const items: vscode.TestItem[] = [];
      for (const { line, problem } of (set?.problems ?? []).slice(0, PROBLEMS_AT_MOST)) {
        const item = controller.createTestItem(`${uri.toString()}#${problem.id}`, problem.id, uri);
        item.range = new vscode.Range(line, 0, line, 0);
        item.description = problem.answer === null ? '' : `= ${problem.answer}`;
        item.tags = tagsOf(problem);
        problems.set(item, problem);
        items.push(item);
        const waiting = pause();
        if (waiting !== undefined) await waiting;
      }
      suite.children.replace(items);
    } finally {
      suite.busy = false;
    }
  }

  return {
    async discover() {
      for (const uri of await findProblemFiles(['parquet'])) addSuite(uri);
    },
    resolve,
    problem: (item) => problems.get(item),
  };
}

/** The problems of a file: as they were read for its editor, or from the disk where it is not open. */
async function parsed(services: Services, uri: vscode.Uri): Promise<ParsedSet | null> {
  const open = vscode.workspace.textDocuments.find(
    (document) => document.uri.toString() === uri.toString() && !document.isDirty,
  );
  if (open !== undefined) return services.problems.parsed(open);
  const format = formatOfFile(uri.fsPath);
  if (format === null || format === 'parquet') return null;
  const { parseInSlices } = await import('../../problemReading.ts');
  return parseInSlices(await readFile(uri.fsPath, 'utf8'), uri.fsPath, format);
}

/** The Test Explorer filters by them: `@reflection:level-5`. */
function tagsOf({ level, subject, solution }: Problem): vscode.TestTag[] {
  return [
    ...(level === undefined ? [] : [`level-${level}`]),
    ...(subject === undefined ? [] : [subject.replace(/\s+/g, '-')]),
    ...(solution === undefined ? [] : ['solution']),
  ].map((id) => new vscode.TestTag(id));
}
