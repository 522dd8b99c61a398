/**
 * Mathematics in one spelling, for looking a formula up in another text: dollar signs, spacing commands and white space
 * are gone, `\frac{a}{b}` is `a/b`, and all signs for times, minus and fractions are one.
 */
export function squeeze(text: string): string {
  return text
    .replace(/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, '$1/$2')
    .replace(/\\sqrt\s*\{([^{}]*)\}/g, 'sqrt($1)')
    .replace(/\\(?:left|right|displaystyle|quad|qquad|[,;:! ])/g, '')
    .replace(/\\(?:cdot|times)\b|[×·∙⋅]/g, '*')
    .replace(/\\div\b|÷/g, '/')
    .replace(/\\pi\b/g, 'π')
    .replace(/\\(?:text|mathrm|mathbf|boxed)\s*\{([^{}]*)\}/g, '$1')
    .replace(/[−–]/g, '-')
    .replace(/(\d)\s*x\s*(?=\d)/g, '$1*')
    .replace(/(?<=\d),(?=\d{3}\b)/g, '')
    .replace(/\\[()[\]]|[\s$`{}\\]/g, '')
    .toLowerCase();
}

/** Formulas in running text: runs of mathematical signs, numbers and single letters that hold at least one sign. */
export function formulasOf(text: string): string[] {
  const plain = text.replace(/<\/?think>|\\[()[\]]|\$/g, ' ');
  const runs =
    plain.match(
      /(?:\\[a-z]+|\b\p{L}\b|\b(?:sin|cos|tan|ln|log|sqrt|mod)\b|\d+(?:[.,]\d+)*|[-+*/^_=<>≤≥≠≈±×·÷−√π(){}[\]!|'\\]|[ \t])+/gu,
    ) ?? [];
  const formulas = runs
    .map((run) => squeeze(run).replace(/^[)\]*/^=,]+|[([=+*/^,-]+$/g, ''))
    .filter(
      (formula) => formula.length >= 3 && /[-+*/^=<>≤≥≠≈±√!]/.test(formula) && /[\p{L}\d]/u.test(formula),
    );
  return [...new Set(formulas)];
}
