import type { ReportedComparison, ReportInput } from './input.ts';
import { differenceWords, estimateWords, methodWords, pWords } from './words.ts';

/** Tables for a paper, with the settings as an appendix. Needs no package. */
export function latexReport(input: ReportInput): string {
  const { labels, comparisons, configuration, command } = input;
  const settings = latexTable(
    ['setting', ...labels],
    configuration.map(({ setting, values }) => [setting, ...values]),
    `l${'p{0.3\\linewidth}'.repeat(labels.length)}`,
  );
  return [
    `% ${command.replace(/\s+/g, ' ')}`,
    ...comparisons.map(floatOf),
    `\\begin{table*}\n\\footnotesize\n\\caption{Settings of the compared runs. Computed by \\texttt{${latexText(command)}}.}\n${settings}\n\\end{table*}`,
  ].join('\n\n');
}

function floatOf(comparison: ReportedComparison): string {
  const { baseline, other, metrics, verdict } = comparison;
  const body = latexTable(
    ['metric', baseline, other, 'paired difference', 'p'],
    metrics.map((metric) => [
      metric.label,
      estimateWords(metric.baseline, metric.format),
      estimateWords(metric.other, metric.format),
      differenceWords(metric),
      pWords(metric),
    ]),
  );
  const caption = `${other} against ${baseline}. ${verdict?.sentence ?? ''} ${methodWords(comparison)}`;
  return `\\begin{table}\n\\centering\n\\caption{${latexText(caption)}}\n${body}\n\\end{table}`;
}

/** A tabular whose cells hold any text. */
export function latexTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns = `l${'r'.repeat(Math.max(0, head.length - 1))}`,
): string {
  const line = (cells: readonly string[]) => `${cells.map(latexText).join(' & ')} \\\\`;
  return [`\\begin{tabular}{${columns}}`, line(head), '\\hline', ...rows.map(line), '\\end{tabular}'].join(
    '\n',
  );
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '$<$',
  '>': '$>$',
  '→': '$\\to$',
  '−': '$-$',
  '–': '--',
  Δ: '$\\Delta$',
  ρ: '$\\rho$',
};

/** Text that LaTeX prints as it stands, titles of runs included. */
function latexText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\~^<>→−–Δρ%&_#${}]/g, (character) => LATEX[character] ?? `\\${character}`);
}
