/** Whether a text is a single fraction of integers that could be reduced: 2/4, \frac{2}{4}. */
export function fractionForm(text: string): 'reduced' | 'reducible' | 'other' {
  const match =
    /^-?\s?(?:\\frac\s?\{?\s?(\d{1,15})\s?\}?\s?\{?\s?(\d{1,15})\s?\}?|(\d{1,15})\s?\/\s?(\d{1,15}))$/.exec(
      text,
    );
  if (match === null) return 'other';
  let [a, b] = [Number(match[1] ?? match[3]), Number(match[2] ?? match[4])];
  while (b > 0) [a, b] = [b, a % b];
  return a > 1 ? 'reducible' : 'reduced';
}
