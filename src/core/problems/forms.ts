/** Sets whose rows need more than a renaming of columns. Each form gives plain columns, or null for other rows. */
import { shuffleOptions } from './shuffle.ts';

export type Values = Readonly<Record<string, unknown>>;

export interface FormContext {
  /** Of the run: the order of GPQA's options depends on it and on the record alone. */
  readonly shuffleSeed: number;
}

type Form = (values: Values, context: FormContext) => Values | null;

/** GPQA: the right option and three wrong ones, in four columns. */
const gpqa: Form = (values, { shuffleSeed }) => {
  const right = values['Correct Answer'];
  const wrong = [1, 2, 3].map((n) => values[`Incorrect Answer ${n}`]);
  if (typeof right !== 'string' || wrong.some((option) => typeof option !== 'string')) return null;
  const id = String(values['Record ID'] ?? values.Question ?? '');
  const { options, right: at } = shuffleOptions([right, ...wrong.map(String)], `${shuffleSeed}:${id}`);
  return {
    id: values['Record ID'],
    problem: values.Question,
    options,
    answer: String.fromCharCode(65 + at),
    solution: values.Explanation,
    subject: values['High-level domain'],
  };
};

/** DAPO: a chat prompt in a wrapper, the answer under `reward_model.ground_truth`. */
const dapo: Form = (values) => {
  const reward = values.reward_model;
  if (typeof reward !== 'object' || reward === null || !('ground_truth' in reward)) return null;
  const prompt = lastUserTurn(values.prompt) ?? values.prompt;
  const extra = values.extra_info;
  const index = typeof extra === 'object' && extra !== null && 'index' in extra ? extra.index : undefined;
  return {
    id: index,
    problem: typeof prompt === 'string' ? withoutWrapper(prompt) : prompt,
    answer: reward.ground_truth,
  };
};

/** The text that BytedTsinghua-SIA/DAPO-Math-17k puts around each statement. */
const WRAPPER_START = /^Solve the following math problem step by step\..*?\n\n/s;
const WRAPPER_END = /\n\nRemember to put your answer on its own line after "Answer:"\.?\s*$/;

export function withoutWrapper(prompt: string): string {
  return prompt.replace(WRAPPER_START, '').replace(WRAPPER_END, '').trim();
}

function lastUserTurn(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  const turns: unknown[] = value;
  const last = turns.findLast(
    (turn): turn is { content: string } =>
      typeof turn === 'object' && turn !== null && 'content' in turn && typeof turn.content === 'string',
  );
  return last?.content ?? null;
}

/** FOLIO: premises, and a conclusion to be judged. */
const folio: Form = (values) => {
  const { premises, conclusion, label } = values;
  if (typeof conclusion !== 'string' || premises === undefined || label === undefined) return null;
  const lines = Array.isArray(premises)
    ? premises.map((premise) => String(premise).trim())
    : [String(premises)];
  return {
    id: values.example_id ?? values.id,
    problem: `Premises:\n${lines.join('\n')}\n\nConclusion: ${conclusion.trim()}\n\nGiven the premises, is the conclusion True, False or Uncertain?`,
    answer: label,
    mode: 'boolean',
  };
};

/** CRUXEval: what does the code return for the input? */
const cruxeval: Form = (values) => {
  const { code, input, output } = values;
  if (typeof code !== 'string' || typeof input !== 'string' || typeof output !== 'string') return null;
  return {
    id: values.id,
    problem: `\`\`\`python\n${code.trim()}\n\`\`\`\n\nWhat does \`f(${input})\` return?`,
    answer: output,
    mode: 'python',
  };
};

/** ProcessBench: a solution in steps; its label is the first wrong step, not an answer. */
const processBench: Form = (values) => {
  if (!Array.isArray(values.steps) || !('final_answer_correct' in values)) return null;
  const { label: _, steps: __, ...rest } = values;
  return { ...rest, answer: null, solution: values.steps.map(String).join('\n\n') };
};

/** BIG-Bench Mistake: `answer` is the model's, `target` is right. */
const bigBenchMistake: Form = (values) => {
  if (!('mistake_index' in values) || !('target' in values)) return null;
  const steps = Array.isArray(values.steps) ? values.steps.map(String).join('\n') : undefined;
  return { problem: values.input, answer: values.target, solution: steps };
};

/** OlympiadBench: some statements need their context, and the first solution stands for all. */
const olympiadBench: Form = (values) => {
  if (!('final_answer' in values) || !('subfield' in values)) return null;
  const { context, solution, question, ...rest } = values;
  const statement =
    typeof context === 'string' && context !== '' ? `${context}\n\n${String(question)}` : question;
  return { ...rest, problem: statement, solution: Array.isArray(solution) ? solution[0] : solution };
};

const FORMS: readonly Form[] = [gpqa, dapo, folio, cruxeval, processBench, bigBenchMistake, olympiadBench];

/** The row with plain columns. */
export function plainColumns(values: Values, context: FormContext): Values {
  for (const form of FORMS) {
    const plain = form(values, context);
    if (plain !== null) return plain;
  }
  return values;
}
