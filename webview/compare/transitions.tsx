import type { ComparedPair } from '../../src/core/protocol/compare.ts';
import type { TransitionCounts } from '../../src/core/schema/comparison.ts';

const ORDER = ['i→c', 'c→c', 'i→i', 'c→i'] as const;
const MEANINGS = {
  'i→c': 'wrong solution, the critique ends right',
  'c→c': 'right solution, the critique ends right',
  'i→i': 'wrong solution, the critique ends wrong',
  'c→i': 'right solution, the critique ends wrong',
} as const;

/** What critiques did to solutions, where there are critiques. */
export function Transitions({
  pairs,
  nameOf,
  baseline,
}: {
  pairs: readonly ComparedPair[];
  nameOf: (id: string) => string;
  baseline: string;
}) {
  const first = pairs.find(({ comparison }) => comparison.transitions !== null)?.comparison.transitions;
  if (first === undefined || first === null) return null;
  const rows: { name: string; counts: TransitionCounts }[] = [
    { name: baseline, counts: first.baseline },
    ...pairs.flatMap(({ other, comparison }) =>
      comparison.transitions === null ? [] : [{ name: nameOf(other), counts: comparison.transitions.other }],
    ),
  ];
  return (
    <section>
      <h2>What critiques did</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            {ORDER.map((transition) => (
              <th key={transition} scope="col" class="number" title={MEANINGS[transition]}>
                {transition}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, counts }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {ORDER.map((transition) => (
                <td key={transition} class="number">
                  {counts[transition]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
