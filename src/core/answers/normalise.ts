/** One spelling for what is written in many ways. Each step is linear, or bounded by the length of an answer. */

type Step = (text: string) => string;

/** Replaces by patterns, in order. */
function rules(...pairs: readonly (readonly [RegExp, string])[]): Step {
  return (text) =>
    pairs.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

const UNICODE: Readonly<Record<string, string>> = {
  '−': '-',
  '–': '-',
  '—': '-',
  '×': '\\times ',
  '·': '\\cdot ',
  '⋅': '\\cdot ',
  '÷': '/',
  π: '\\pi ',
  '∞': '\\infty ',
  '≤': '\\le ',
  '≥': '\\ge ',
  '≠': '\\ne ',
  '≈': '\\approx ',
  '∪': '\\cup ',
  '∩': '\\cap ',
  '∈': '\\in ',
  '°': '^\\circ ',
  '±': '\\pm ',
  '√': '\\sqrt ',
  '⁰': '^0',
  '¹': '^1',
  '²': '^2',
  '³': '^3',
  '⁴': '^4',
  '∅': '\\emptyset ',
  θ: '\\theta ',
  α: '\\alpha ',
  β: '\\beta ',
  λ: '\\lambda ',
  φ: '\\phi ',
  ℝ: '\\mathbb{R}',
  '⟨': '(',
  '⟩': ')',
  '½': '\\frac12',
  '¼': '\\frac14',
  '¾': '\\frac34',
  '…': '\\ldots ',
  '％': '\\%',
  '，': ',',
  '；': ';',
  '：': ':',
  '（': '(',
  '）': ')',
  '［': '[',
  '］': ']',
  '｜': '|',
  '\u00a0': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
  '\u200b': '',
  '\ufeff': '',
};
const UNICODE_PATTERN = new RegExp(`[${Object.keys(UNICODE).join('')}]`, 'g');

const unicodeToLatex: Step = (text) => text.replace(UNICODE_PATTERN, (char) => UNICODE[char] ?? char);

/** Backslashes doubled by JSON or Python, where a command follows; `\\` alone ends a row of a matrix. */
const undoubleBackslashes: Step = rules([
  /\\\\(?=(?:[dtc]?frac|left|right|sqrt|boxed|text|mathrm|pi|le|ge|in|infty|cup|cdot|times|%|\$)(?![a-zA-Z]))/g,
  '\\',
]);

/** `12,\!345` and `12{,}345` are one number; `1{.}5` too. */
const joinDigits: Step = rules(
  [/,\s*\\!\s*(?=\d{3})/g, ''],
  [/\s?\{\s?,\s?\}\s?(?=\d{3})/g, ''],
  [/(\d)\s?\{\s?\.\s?\}\s?(\d)/g, '$1.$2'],
  [/(\d)\\[,!](?=\d{3}(?!\d))/g, '$1'],
);

const dropSpacing: Step = rules(
  [
    /\\(?:left|right|[bB]ig{1,2}[lrm]?|displaystyle|textstyle|scriptstyle|limits|nolimits|noindent)(?![a-zA-Z])/g,
    ' ',
  ],
  [/\\(?:q?quad|hfill|thinspace|medspace|thickspace)(?![a-zA-Z])/g, ' '],
  [/\\(?:[hv]box|phantom)\{[^{}]{0,200}\}/g, ' '],
  [/(?<!\\)\\[,!;:> ()[\]]/g, ' '],
  [/[\t\n\r~]/g, ' '],
);

const dropMoney: Step = rules([/\\?\$/g, ' '], [/[€£¥₹]/g, ' ']);

/** Trailing full stops and stray backslashes. */
const dropTrailing: Step = (text) => {
  let end = text.length;
  while (end > 0 && ' .\\'.includes(text[end - 1] ?? '')) end--;
  return text.slice(0, end).replace(/\.(?=\s?\}{1,20}$)/, '');
};

const unifyCommands: Step = rules(
  [/\\[dtc]frac(?![a-z])/g, '\\frac'],
  [/\\[dt]binom(?![a-z])/g, '\\binom'],
  [/\\lbrace(?![a-z])/g, '\\{'],
  [/\\rbrace(?![a-z])/g, '\\}'],
  [/\\lbrack(?![a-z])/g, '['],
  [/\\rbrack(?![a-z])/g, ']'],
  [/\\langle(?![a-z])/g, '('],
  [/\\rangle(?![a-z])/g, ')'],
  [/\\leq(?:slant|q)?(?![a-z])|<=/g, '\\le '],
  [/\\geq(?:slant|q)?(?![a-z])|>=/g, '\\ge '],
  [/\\neq(?![a-z])|!=|\\not\s?=/g, '\\ne '],
  [/\\lt(?![a-z])/g, '<'],
  [/\\gt(?![a-z])/g, '>'],
  [/\\(?:mid|[lr]?vert)(?![a-z])/g, '|'],
  [/\\(?:operatorname|mathrm|textrm|mbox|textbf|textit|textsf|rm|textnormal|text)\s*\*?\s*\{/g, '\\text{'],
  [/\\(?:mathbf|bf|boldsymbol|bm)\s*\{/g, '\\mathbf{'],
  [/\\(?:colon)(?![a-z])/g, ':'],
  [/\\cosec(?![a-z])/g, '\\csc'],
  [/\\(?:varnothing|empty)(?![a-z])|\\\{\s?\\\}/g, '\\emptyset'],
  [/\*\*/g, '^'],
  [/\\(pm|mp)(?!od)(?=[a-zA-Z])/g, '\\$1 '],
  [/\\(?:boxed|fbox)\s?\{/g, '{'],
  [/\\text\{\s?\{([^{}]{0,500})\}\s?\}/g, '\\text{$1}'],
);

/** `\mathbf{1 5}`: digits that a scan spaced. */
const joinBoldDigits: Step = (text) =>
  text.replace(/\\mathbf\{((?:\d ){1,20}\d)\}/g, (_, digits: string) => digits.replaceAll(' ', ''));

/** Words in \text{} that are mathematics. */
const unwrapText: Step = rules(
  [/\\(?:text|mathbf)\{\s?([-+]?[\d.,]+)\s?\}/g, '$1'],
  [/\\text\{\s*[,;]?\s*(?:and|or)\s*\}/g, ' , '],
  [/,?\s(?:and|or)\s/g, ' , '],
  [/(?<=[\d)}])\s?(?:or|and)\s?(?=[\d(A-Z\\-])/g, ' , '],
  [/,\s?,/g, ','],
  [/\\text\{\s?([ei])\s?\}/g, '$1'],
  // Behind a number or a slash, sec and min are units.
  [
    /(?<![\d}/]\s?)\\text\{\s?((?:arc|ar|a)?(?:sin|cos|tan|cot|sec|csc)h?|ln|log|lcm|gcd|max|min|exp)\s?\}/g,
    '\\$1 ',
  ],
);

const unifyPercent: Step = rules(
  [/\\text\{\s?(?:percent|percentage|\\?%)\s?\}/g, '\\%'],
  [/\\*%/g, '\\%'],
  [/(?<![a-zA-Z])(?:percent(?:age)?|pct)(?![a-zA-Z])/gi, '\\%'],
  [/\s\\%/g, '\\%'],
);

/** `20^\circ C` is a temperature: its degree is a unit, not an angle. */
const dropTemperatures: Step = rules([
  /\^\s?\{?\s?\\(?:circ|degree)(?![a-z])\s?\}?\s?(?:\\text\{\s?[CF]\s?\}|[CF](?![a-zA-Z]))/g,
  ' ',
]);

/** `\approx 2.71` and `= 5` are values that follow what was asked for. */
const dropLeadingSign: Step = rules([/^\s?(?:=|\\(?:approx|simeq)(?![a-z]))\s?/, '']);

const STEPS: readonly Step[] = [
  unicodeToLatex,
  undoubleBackslashes,
  joinDigits,
  dropSpacing,
  (text) => text.trim().replace(/\s{1,3000}/g, ' '),
  dropMoney,
  dropTrailing,
  unifyCommands,
  joinBoldDigits,
  unwrapText,
  unifyPercent,
  dropTemperatures,
  dropLeadingSign,
  (text) => text.trim().replace(/\s{1,3000}/g, ' '),
];

/** The one spelling of an answer that the later layers read. */
export function normalise(answer: string): string {
  return STEPS.reduce((text, step) => step(text), answer);
}

/** Letters only: what is left to compare of an answer in words. */
export function wordsOf(answer: string): string {
  return answer
    .replace(/\\(?:text|mathbf)\{([^{}]{0,500})\}/g, '$1')
    .replace(/[\\{}$()[\]\s.,;:!?"'`*_-]/g, '')
    .toLowerCase();
}
