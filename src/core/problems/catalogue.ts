/** The public sets that `reflection import NAME` knows: where they are, what they should hold, and their terms. */

export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  /** Data set id on the hub. */
  readonly hubId: string;
  /** Commit that the expectations below were taken from; null: the newest is taken, and recorded. */
  readonly revision: string | null;
  /** File at that commit. */
  readonly path: string;
  readonly rows: number | null;
  /** Columns without which the set cannot be read. */
  readonly columns: readonly string[];
  /** First digits of the file's SHA-256, as far as they are known. */
  readonly sha256?: string;
  readonly licence: string;
  /** The hub asks for an account that has accepted the terms. */
  readonly gated?: boolean;
  /** Rules that bind whoever has the set; shown before it is fetched, and kept beside it. */
  readonly terms?: string;
  /** What to know before comparing with published numbers. */
  readonly notes?: readonly string[];
  /** Rows that are taken; absent: all. */
  readonly keep?: { readonly column: string; readonly values: readonly string[] };
  readonly kind: 'benchmark' | 'training';
}

const MAA = 'problem text © Mathematical Association of America: for evaluation, not for redistribution';

const AIME_NOTE =
  'Thirty problems: one problem is 3.3 points. Report years apart, and look at the intervals.';

/** To add a set, add a row. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: 'aime24',
    title: 'AIME 2024',
    hubId: 'HuggingFaceH4/aime_2024',
    revision: '2fe88a2f1091d5048c0f36abc874fb997b3dd99a',
    path: 'data/train-00000-of-00001.parquet',
    rows: 30,
    columns: ['id', 'problem', 'answer'],
    sha256: '26139847601a5037',
    licence: MAA,
    notes: [AIME_NOTE, 'Older than most models: strong signs of contamination (MathArena).'],
    kind: 'benchmark',
  },
  {
    name: 'aime25',
    title: 'AIME 2025',
    hubId: 'math-ai/aime25',
    revision: '563bb8404243c5f09de6ec262f2db674fe5bce9b',
    path: 'test.jsonl',
    rows: 30,
    columns: ['id', 'problem', 'answer'],
    sha256: 'b4e273c02d3e7fe1',
    licence: MAA,
    notes: [AIME_NOTE],
    kind: 'benchmark',
  },
  {
    name: 'aime26',
    title: 'AIME 2026',
    hubId: 'MathArena/aime_2026',
    revision: null,
    path: 'data/train-00000-of-00001.parquet',
    rows: 30,
    columns: ['problem_idx', 'problem', 'answer'],
    licence: 'CC BY-NC-SA 4.0',
    notes: [AIME_NOTE],
    kind: 'benchmark',
  },
  {
    name: 'amc23',
    title: 'AMC 12 2023, problems with numeric answers',
    hubId: 'math-ai/amc23',
    revision: '80815d37005feb82cd7f8fbc6901d5d3eff43057',
    path: 'test-00000-of-00001.parquet',
    rows: 40,
    columns: ['id', 'question', 'answer'],
    licence: MAA,
    notes: ['17 of the 40 problems are in gaokao2023en as well.'],
    kind: 'benchmark',
  },
  {
    name: 'math500',
    title: 'MATH-500',
    hubId: 'HuggingFaceH4/MATH-500',
    revision: '6e4ed1a2a79af7d8630a6b768ec859cb5af4d3be',
    path: 'test.jsonl',
    rows: 500,
    columns: ['problem', 'solution', 'answer', 'subject', 'level', 'unique_id'],
    sha256: '35dc41080a368085',
    licence: 'MIT (MATH, PRM800K split)',
    kind: 'benchmark',
  },
  {
    name: 'gpqa-diamond',
    title: 'GPQA Diamond',
    hubId: 'Idavidrein/gpqa',
    revision: '633f5ee89ab8ad4522a9f850766b73f62147ffdd',
    path: 'gpqa_diamond.csv',
    rows: 198,
    columns: [
      'Question',
      'Correct Answer',
      'Incorrect Answer 1',
      'Incorrect Answer 2',
      'Incorrect Answer 3',
      'Record ID',
      'Canary String',
    ],
    licence: 'CC BY 4.0',
    gated: true,
    terms:
      'You agree not to reveal examples from this dataset in plain text or images online: keep the file, screenshots, exports and run folders private, and keep the canary string. Reports may name record ids.',
    notes: [
      'The options are shuffled by the seed of the run and the record id; the order is recorded with the run.',
    ],
    kind: 'benchmark',
  },
  {
    name: 'college_math',
    title: 'College Math',
    hubId: 'di-zhang-fdu/College_Math_Test',
    revision: null,
    path: 'college_math_test.jsonl',
    rows: 2818,
    columns: ['question', 'answer'],
    licence: 'per row; 809 rows are CC BY-NC-SA',
    notes: ['Golds may be words or lists.'],
    kind: 'benchmark',
  },
  {
    name: 'olympiadbench',
    title: 'OlympiadBench, open-ended English maths without pictures',
    hubId: 'Hothan/OlympiadBench',
    revision: '91184b52131e7fc9455fef848035173aea8cc01a',
    path: 'OlympiadBench/OE_TO_maths_en_COMP/OE_TO_maths_en_COMP.parquet',
    rows: 674,
    columns: ['id', 'question', 'final_answer'],
    licence: 'Apache-2.0',
    notes: ['The copy of the Qwen2.5-Math harness has 675 rows.'],
    kind: 'benchmark',
  },
  {
    name: 'gsm8k',
    title: 'GSM8K, test split',
    hubId: 'openai/gsm8k',
    revision: '740312add88f781978c0658806c59bc2815b9866',
    path: 'main/test-00000-of-00001.parquet',
    rows: 1319,
    columns: ['question', 'answer'],
    sha256: 'ee7b8da9e381df27',
    licence: 'MIT',
    kind: 'benchmark',
  },
  {
    name: 'gaokao2023en',
    title: 'Gaokao 2023, in English',
    hubId: 'MARIO-Math-Reasoning/Gaokao2023-Math-En',
    revision: null,
    path: 'Gaokao2023-Math-En.jsonl',
    rows: 385,
    columns: ['question', 'answer'],
    licence: 'MIT on its card; translated examination questions, rights unclear',
    notes: ['Also holds AMC 2023 and ACT problems: 17 of the 40 problems of amc23.'],
    kind: 'benchmark',
  },
  {
    name: 'folio',
    title: 'FOLIO, validation split',
    hubId: 'tasksource/folio',
    revision: '295b95fb4fe9be4ff3f933b73142d142cf6b2c97',
    path: 'folio_v2_validation.jsonl',
    rows: 203,
    columns: ['premises', 'conclusion', 'label'],
    licence: 'CC BY-SA 4.0',
    kind: 'benchmark',
  },
  {
    name: 'cruxeval',
    title: 'CRUXEval, output prediction',
    hubId: 'cruxeval-org/cruxeval',
    revision: 'b96af0450242eb4da433032b90998f25588a5d0f',
    path: 'test.jsonl',
    rows: 800,
    columns: ['code', 'input', 'output', 'id'],
    licence: 'MIT',
    notes: [
      'Output prediction only: a predicted input is right when f(input) equals the output, and the workbench runs no code of a model.',
    ],
    kind: 'benchmark',
  },
  {
    name: 'strategyqa',
    title: 'StrategyQA',
    hubId: 'ChilleD/StrategyQA',
    revision: null,
    path: 'test.json',
    rows: 687,
    columns: ['qid', 'question', 'answer'],
    licence: 'MIT',
    notes: ['The official test labels are not public, so that the 2,780 rows of S²R cannot be reproduced.'],
    kind: 'benchmark',
  },
  {
    name: 'mmlu-pro-stem',
    title: 'MMLU-Pro, STEM categories',
    hubId: 'TIGER-Lab/MMLU-Pro',
    revision: 'b189ec765aa7ed75c8acfea42df31fdae71f97be',
    path: 'data/test-00000-of-00001.parquet',
    rows: 12_032,
    columns: ['question_id', 'question', 'options', 'answer', 'category'],
    licence: 'MIT',
    keep: {
      column: 'category',
      values: ['math', 'physics', 'chemistry', 'engineering', 'biology', 'computer science'],
    },
    notes: ['Options are trimmed: in the file a leading space marks the gold option of some rows.'],
    kind: 'benchmark',
  },
  {
    name: 'deepscaler',
    title: 'DeepScaleR-Preview, training set',
    hubId: 'agentica-org/DeepScaleR-Preview-Dataset',
    revision: null,
    path: 'deepscaler.json',
    rows: 40_315,
    columns: ['problem', 'answer'],
    licence: 'MIT; contains AIME and AMC problems, © MAA',
    notes: [
      'Contains AIME up to 2023 and AMC: lint it against the sets that you evaluate on.',
      'Six rows have no answer.',
    ],
    kind: 'training',
  },
  {
    name: 'dapo-math-17k',
    title: 'DAPO-Math-17k, processed, English',
    hubId: 'open-r1/DAPO-Math-17k-Processed',
    revision: null,
    path: 'en/train-00000-of-00001.parquet',
    rows: 14_116,
    columns: ['prompt', 'reward_model'],
    licence: 'Apache-2.0',
    kind: 'training',
  },
];

export function findInCatalogue(name: string): CatalogueEntry | null {
  return CATALOGUE.find((entry) => entry.name === name) ?? null;
}
