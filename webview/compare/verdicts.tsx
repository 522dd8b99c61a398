import type { ComparedPair } from '../../src/core/protocol/compare.ts';
import * as l10n from '../shared/l10n.ts';

/** The answer, before any number: better, worse, or cannot tell. */
export function Verdicts({
  pairs,
  nameOf,
  baseline,
}: {
  pairs: readonly ComparedPair[];
  nameOf: (id: string) => string;
  baseline: string;
}) {
  return (
    <section class={`verdicts ${pairs.length > 1 ? 'several' : ''}`} aria-label={l10n.t('Verdict')}>
      {pairs.map(({ other, comparison }) => (
        <Verdict key={other} name={nameOf(other)} baseline={baseline} comparison={comparison} />
      ))}
    </section>
  );
}

const LOOKS = {
  better: { mark: '▲', tone: 'good' },
  worse: { mark: '▼', tone: 'bad' },
  'cannot tell': { mark: '≈', tone: 'busy' },
} as const;

function Verdict({
  name,
  baseline,
  comparison,
}: {
  name: string;
  baseline: string;
  comparison: ComparedPair['comparison'];
}) {
  const { verdict, problems, metrics } = comparison;
  const metric = metrics.find(({ id }) => id === verdict?.metric);
  if (verdict === null) {
    return (
      <p class="verdict">
        {l10n.t(
          '{0} and {1} have nothing in common that can be compared ({2} shared problems).',
          name,
          baseline,
          problems.shared,
        )}
      </p>
    );
  }
  const { mark, tone } = LOOKS[verdict.verdict];
  return (
    <div class="verdict">
      <h1>
        <span class={tone} aria-hidden="true">
          {mark}
        </span>{' '}
        {headline(name, baseline, verdict.verdict)}
      </h1>
      <p>
        {metric?.label} {withoutVerdict(verdict.sentence)}
      </p>
    </div>
  );
}

/** The sentence starts with the verdict, which the heading has said already. */
function withoutVerdict(sentence: string): string {
  return sentence.replace(/^(Better|Worse|Cannot tell): /, '');
}

function headline(name: string, baseline: string, verdict: keyof typeof LOOKS): string {
  if (verdict === 'cannot tell') return l10n.t('Cannot tell {0} from {1}', name, baseline);
  return verdict === 'better'
    ? l10n.t('{0} is better than {1}', name, baseline)
    : l10n.t('{0} is worse than {1}', name, baseline);
}
