import type { Span } from '../schema/common.ts';
import { type Metric, ratioOfSums } from './metric.ts';
import type { CritiqueRow } from './rows.ts';

/** A share of the pairs of critiques of one solution. */
function pairs(
  id: string,
  label: string,
  per: string,
  counts: (critique: CritiqueRow) => boolean,
  agree: (a: CritiqueRow, b: CritiqueRow) => boolean,
  own: Pick<Metric, 'readsText'> = {},
): Metric {
  return ratioOfSums(
    {
      id,
      label,
      better: 'higher',
      format: 'percent',
      needs: 'critiques',
      tier: 'detail',
      per,
      undefinedWhen: `there are no ${per}`,
      ...own,
    },
    ({ critiques }) => {
      let numerator = 0;
      let denominator = 0;
      for (const same of Map.groupBy(critiques.filter(counts), (critique) => critique.solutionId).values()) {
        for (const [i, a] of same.entries()) {
          for (const b of same.slice(i + 1)) {
            denominator += 1;
            if (agree(a, b)) numerator += 1;
          }
        }
      }
      return { numerator, denominator };
    },
  );
}

/** How often two critiques of one solution give the same verdict. */
export const verdictAgreement = pairs(
  'agreement.verdict',
  'Agreement on the verdict',
  'pairs of critiques of one solution that state a verdict',
  ({ verdict }) => verdict !== 'none',
  (a, b) => a.verdict === b.verdict,
);

/** How often two critiques of one solution place the first error in the same step. */
export const placeAgreement = pairs(
  'agreement.place',
  'Agreement on the place',
  'pairs of critiques of one solution that both place an error',
  (critique) => firstError(critique) !== null,
  (a, b) => overlap(firstError(a), firstError(b)),
  { readsText: true },
);

function firstError({ findings }: CritiqueRow): Span | null {
  const errors = findings.filter(({ anchor, kind }) => anchor !== 'whole' && kind !== 'confirmed');
  return errors.toSorted((a, b) => a.span[0] - b.span[0])[0]?.span ?? null;
}

function overlap(a: Span | null, b: Span | null): boolean {
  return a !== null && b !== null && a[0] < b[1] && b[0] < a[1];
}
