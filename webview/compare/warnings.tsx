import type { ComparedPair } from '../../src/core/protocol/compare.ts';

/** What is not comparable, said before the numbers, with its likely effect. */
export function Warnings({
  pairs,
  nameOf,
}: {
  pairs: readonly ComparedPair[];
  nameOf: (id: string) => string;
}) {
  const shown = pairs.filter(({ differences }) => differences.length > 0);
  if (shown.length === 0) return <p class="comparable">The runs differ in their model only.</p>;
  const count = shown.reduce((sum, { differences }) => sum + differences.length, 0);
  return (
    <section class="warnings" aria-label="Differences in settings">
      <h2>
        <span class="warning" aria-hidden="true">
          ⚠
        </span>{' '}
        {count} difference{count === 1 ? '' : 's'} in settings
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
