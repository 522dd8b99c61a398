import { defineMetric, type Metric } from './metric.ts';

/** Critique tokens for each right answer that the critiques gained, net of those that they lost (peers 8.2, cost). */
export const critiqueCost: Metric = defineMetric({
  id: 'tokens.per-extra-right',
  label: 'Critique tokens per extra right answer',
  better: 'lower',
  format: 'tokens',
  needs: 'critiques',
  tier: 'detail',
  per: 'right answers gained less those lost by critiques',
  undefinedWhen: 'critiques gained no more right answers than they lost',
  parts: ({ critiques }) => {
    let tokens = 0;
    let gained = 0;
    for (const critique of critiques) {
      if (critique.transition === null) continue;
      tokens += critique.tokens;
      gained += Number(critique.transition === 'i→c') - Number(critique.transition === 'c→i');
    }
    return [tokens, gained];
  },
  value: ([tokens = 0, gained = 0]) => (gained <= 0 ? null : tokens / gained),
  counts: ([numerator = 0, denominator = 0]) => ({ numerator, denominator }),
});
