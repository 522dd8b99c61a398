import type { Transition } from '../schema/common.ts';
import { type Metric, meanOverProblems } from './metric.ts';

/**
 * Critique ability, paper A Table 4, spec A5: a₁ grades the solution, a₂ the answer that the critique ends with. All are
 * shares of all critiques whose two grades are known, averaged within each problem first, so that
 * Δ = Acc@t2 − Acc@t1 = Δi→c − Δc→i holds exactly.
 */
function transitionShare(
  id: string,
  label: string,
  better: Metric['better'],
  weight: (transition: Transition) => number,
): Metric {
  return meanOverProblems(
    {
      id,
      label,
      better,
      format: 'percent',
      needs: 'critiques',
      tier: 'main',
      per: 'critiques with both grades known, averaged within each problem first',
      undefinedWhen: 'no critique has both grades',
    },
    ({ critiques }) => {
      let numerator = 0;
      let denominator = 0;
      for (const { transition } of critiques) {
        if (transition === null) continue;
        numerator += weight(transition);
        denominator += 1;
      }
      return { numerator, denominator };
    },
  );
}

export const accuracyAtT1 = transitionShare('acc@t1', 'Acc@t1', 'none', (transition) =>
  transition.startsWith('c') ? 1 : 0,
);
export const accuracyAtT2 = transitionShare('acc@t2', 'Acc@t2', 'higher', (transition) =>
  transition.endsWith('c') ? 1 : 0,
);
export const delta: Metric = {
  ...transitionShare(
    'delta',
    'Δ = Acc@t2 − Acc@t1',
    'higher',
    (transition) => Number(transition === 'i→c') - Number(transition === 'c→i'),
  ),
  isSigned: true,
};
export const deltaIncorrectToCorrect = transitionShare('delta.i-c', 'Δi→c', 'higher', (transition) =>
  Number(transition === 'i→c'),
);
export const deltaCorrectToIncorrect = transitionShare('delta.c-i', 'Δc→i', 'lower', (transition) =>
  Number(transition === 'c→i'),
);
