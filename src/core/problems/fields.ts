import type { FieldRole } from './types.ts';

/**
 * Column names that public sets use, best first, without case and punctuation.
 * Sources: the sets of the catalogue (MATH-500, AIME, GSM8K, OlympiadBench, MMLU-Pro, FOLIO, CRUXEval, ...).
 */
const NAMES: Readonly<Record<FieldRole, readonly string[]>> = {
  problem: ['problem', 'question', 'prompt', 'statement', 'problemstatement', 'query'],
  answer: [
    'answer',
    'expectedanswer',
    'finalanswer',
    'gold',
    'goldanswer',
    'label',
    'groundtruth',
    'groundtruthanswer',
    'correctanswer',
    'target',
  ],
  solution: ['solution', 'referencesolution', 'workedsolution', 'rationale', 'explanation'],
  id: ['id', 'uniqueid', 'qid', 'questionid', 'problemid', 'recordid', 'problemidx', 'uuid', 'questionuuid'],
  level: ['level', 'difficulty'],
  subject: ['subject', 'type', 'category', 'subfield', 'datatopic', 'topic', 'domain'],
  options: ['options', 'choices'],
  mode: ['mode', 'answermode'],
};

/** Which column plays which role in a row. */
export type FieldMap = Partial<Record<FieldRole, string>>;

/** Finds the columns by name; what the user mapped explicitly wins. */
export function recogniseFields(columns: readonly string[], mapped: FieldMap = {}): FieldMap {
  const byKey = new Map<string, string>();
  for (const column of columns) {
    const key = fieldKey(column);
    if (!byKey.has(key)) byKey.set(key, column);
  }
  const found: FieldMap = {};
  for (const [role, names] of Object.entries(NAMES) as [FieldRole, readonly string[]][]) {
    const column = mapped[role] ?? names.map((name) => byKey.get(name)).find((name) => name !== undefined);
    if (column !== undefined) found[role] = column;
  }
  return found;
}

function fieldKey(column: string): string {
  return column.toLowerCase().replace(/[^a-z0-9]/g, '');
}
