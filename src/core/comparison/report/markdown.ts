import type { ReportedComparison, ReportInput } from './input.ts';
import { differenceWords, estimateWords, methodWords, pWords } from './words.ts';

/** A report for an issue, a notebook or a README: verdicts, cautions, metrics, settings, command. */
export function markdownReport(input: ReportInput): string {
  const { labels, comparisons, configuration, command } = input;
  return [
    `# ${inline(labels.slice(1).join(', '))} against ${inline(labels[0] ?? 'nothing')}`,
    ...comparisons.map(sectionOf),
    '## Settings',
    markdownTable(
      ['setting', ...labels, 'equal'],
      configuration.map(({ setting, values, isEqual }) => [setting, ...values, isEqual ? 'yes' : 'no']),
    ),
    '## To repeat it',
    fenced(command),
  ].join('\n\n');
}

function sectionOf(comparison: ReportedComparison): string {
  const { baseline, other, metrics, verdict, transitions, differences } = comparison;
  const cautions = differences.map(
    (one) =>
      `- Not equal: ${inline(one.setting)} (${inline(one.baseline)} → ${inline(one.other)}). ${one.effect}`,
  );
  const counts = transitions === null ? [] : [transitionTable(comparison)];
  return [
    `## ${inline(other)}`,
    verdict === null ? 'Nothing in common that can be compared.' : inline(verdict.sentence),
    ...(cautions.length === 0 ? [] : [cautions.join('\n')]),
    markdownTable(
      ['metric', baseline, other, 'paired difference', 'p', 'verdict'],
      metrics.map((metric) => [
        metric.label,
        estimateWords(metric.baseline, metric.format),
        estimateWords(metric.other, metric.format),
        differenceWords(metric),
        pWords(metric),
        metric.better === 'none' ? '' : metric.paired.verdict,
      ]),
    ),
    ...counts,
    methodWords(comparison),
  ].join('\n\n');
}

function transitionTable({ baseline, other, transitions }: ReportedComparison): string {
  const order = ['i→c', 'c→c', 'i→i', 'c→i'] as const;
  const row = (label: string, counts: NonNullable<typeof transitions>['baseline'] | undefined) => [
    label,
    ...order.map((transition) => String(counts?.[transition] ?? 0)),
  ];
  return markdownTable(
    ['critiques', ...order],
    [row(baseline, transitions?.baseline), row(other, transitions?.other)],
  );
}

/** A table whose cells hold any text. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(inline).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Text in one line in which nothing is markup: names of models and runs are anybody's. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}<>#|~]|\](?=[([:])/g, (character) => `\\${character}`)
    .trim();
}

/** A code block that the text cannot end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}
