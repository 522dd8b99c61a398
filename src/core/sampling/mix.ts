/** i→c : c→c, such as `[2, 1]` (spec A2.4). */
export type Mix = readonly [incorrectToCorrect: number, correctToCorrect: number];

/** How many records of each type. */
export interface MixCounts {
  readonly i2c: number;
  readonly c2c: number;
}

/** A total split by the mix, to the nearest whole record. */
export function splitByMix(total: number, [i, c]: Mix): MixCounts {
  const i2c = Math.round((total * i) / (i + c));
  return { i2c, c2c: total - i2c };
}

/** The largest split of at most `size` records that what is available allows. */
export function largestSplit(available: MixCounts, mix: Mix, size: number | null): MixCounts {
  let total = Math.min(size ?? Number.POSITIVE_INFINITY, available.i2c + available.c2c);
  for (; total > 0; total -= 1) {
    const split = splitByMix(total, mix);
    if (split.i2c <= available.i2c && split.c2c <= available.c2c) return split;
  }
  return { i2c: 0, c2c: 0 };
}

/** Why there are fewer records than asked for; null when the size was met, or none was asked for. */
export function shortfallOf(available: MixCounts, mix: Mix, size: number | null): string | null {
  if (size === null) return null;
  const got = largestSplit(available, mix, size);
  if (got.i2c + got.c2c >= size) return null;
  const wanted = splitByMix(size, mix);
  const short = [
    available.i2c < wanted.i2c ? `i→c: ${available.i2c} of ${wanted.i2c}` : null,
    available.c2c < wanted.c2c ? `c→c: ${available.c2c} of ${wanted.c2c}` : null,
  ].filter((part) => part !== null);
  return (
    `${got.i2c + got.c2c} of ${size} records: too few candidates passed the filters (${short.join(', ')}), ` +
    `and the mix ${mix[0]}:${mix[1]} is kept.`
  );
}
