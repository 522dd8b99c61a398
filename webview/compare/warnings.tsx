import type { ComparedPair } from '../../src/core/protocol/compare.ts';
import * as l10n from '../shared/l10n.ts';

/** What is not comparable, said before the numbers, with its likely effect. */
export function Warnings({
  pairs,
  nameOf,
}: {
  pairs: readonly ComparedPair[];
  nameOf: (id: string) => string;
}) {
  const shown = pairs.filter(({ differences }) => differences.length > 0);
  if (shown.length === 0) return <p class="comparable">{l10n.t('The runs differ in their model only.')}</p>;
  const count = shown.reduce((sum, { differences }) => sum + differences.length, 0);
  return (
    <section class="warnings" aria-label={l10n.t('Differences in settings')}>
      <h2>
        <span class="warning" aria-hidden="true">
          ⚠
        </span>{' '}
        {count === 1 ? l10n.t('1 difference in settings') : l10n.t('{0} differences in settings', count)}
      </h2>
      <ul>
        {shown.flatMap(({ other, differences }) =>
          differences.map(({ setting, baseline, other: value, effect }) => (
            <li key={`${other} ${setting}`}>
              {pairs.length > 1 && <strong>{nameOf(other)}: </strong>}
              <strong>{setting}</strong> {baseline} → {value}. {effect}
            </li>
          )),
        )}
      </ul>
    </section>
  );
}
