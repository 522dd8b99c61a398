/** Which column of a results file says what, told by the names that evaluation programs give them. */

export type ResultRole =
  | 'problemId'
  | 'sample'
  | 'answer'
  | 'grade'
  | 'gold'
  | 'text'
  | 'tokens'
  | 'finish'
  | 'statement'
  | 'mode'
  | 'level'
  | 'subject';

/**
 * Best first, without case and punctuation. Sources: the outputs of Qwen2.5-Math's evaluation (`idx`, `gt`, `pred`,
 * `score`, `code`, as lists a problem), NeMo-Skills (`predicted_answer`, `expected_answer`, `is_correct`, `generation`),
 * lm-evaluation-harness (`doc_id`, `target`, `acc`), evalchemy, and this workbench's own `solutions.jsonl`.
 */
const NAMES: Readonly<Record<ResultRole, readonly string[]>> = {
  problemId: [
    ...['problemid', 'questionid', 'qid', 'uniqueid', 'problemidx', 'docid', 'taskid', 'recordid'],
    ...['id', 'idx', 'uuid', 'index'],
  ],
  sample: ['sample', 'sampleindex', 'samplenumber', 'sampleid', 'attempt', 'repeat', 'trial', 'index'],
  answer: [
    'prediction',
    'pred',
    'predictedanswer',
    'modelanswer',
    'extractedanswer',
    'parsedanswer',
    'answer',
  ],
  grade: ['grade', 'correct', 'iscorrect', 'passed', 'pass', 'score', 'acc', 'accuracy'],
  gold: [
    ...['gold', 'goldanswer', 'expectedanswer', 'groundtruth', 'groundtruthanswer', 'gt', 'target'],
    ...['referenceanswer', 'correctanswer', 'label'],
  ],
  text: ['text', 'completion', 'response', 'generation', 'output', 'modeloutput', 'code'],
  tokens: ['tokens', 'completiontokens', 'outputtokens', 'numtokens', 'numgeneratedtokens', 'tokencount'],
  finish: ['finish', 'finishreason', 'stopreason'],
  statement: ['problem', 'question', 'prompt', 'statement'],
  mode: ['mode', 'answermode'],
  level: ['level', 'difficulty'],
  subject: ['subject', 'type', 'category'],
};

export type ResultColumns = Readonly<Partial<Record<ResultRole, string>>>;

/** The columns of one row by what they say. */
export function resultColumns(columns: readonly string[]): ResultColumns {
  const byKey = new Map<string, string>();
  for (const column of columns) {
    const key = keyOf(column);
    if (!byKey.has(key)) byKey.set(key, column);
  }
  const found: Partial<Record<ResultRole, string>> = {};
  for (const [role, names] of Object.entries(NAMES) as [ResultRole, readonly string[]][]) {
    const column = names.map((name) => byKey.get(name)).find((name) => name !== undefined);
    if (column !== undefined) found[role] = column;
  }
  // `index` alone names the problem; beside another id it numbers the sample.
  if (found.sample === found.problemId) delete found.sample;
  const answer = byKey.get('answer');
  // Beside a prediction under another name, `answer` is the gold one, as in most public sets.
  if (found.gold === undefined && answer !== undefined && found.answer !== answer) found.gold = answer;
  return found;
}

/** Columns that only a file of results has: a problem set has neither verdicts nor what a model wrote. */
const TELLING: ReadonlySet<string> = new Set([
  ...['correct', 'iscorrect', 'passed', 'prediction', 'pred', 'predictedanswer', 'modelanswer'],
  ...['completion', 'response', 'generation', 'modeloutput'],
]);

/** Whether a row is a model's result on a problem, though it may repeat the problem's statement. */
export function isResultRow(columns: readonly string[]): boolean {
  return resultColumns(columns).problemId !== undefined && columns.some((name) => TELLING.has(keyOf(name)));
}

function keyOf(column: string): string {
  return column.toLowerCase().replace(/[^a-z0-9]/g, '');
}
