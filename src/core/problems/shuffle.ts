/** The options in an order that depends on the key alone, trimmed; `right` is where the first one went. */
export function shuffleOptions(
  options: readonly string[],
  key: string,
): { readonly options: string[]; readonly right: number } {
  const order = options.map((option, index) => ({
    option: option.trim(),
    index,
    rank: mix(`${key}\u0000${index}`),
  }));
  order.sort((a, b) => a.rank - b.rank || a.index - b.index);
  return { options: order.map(({ option }) => option), right: order.findIndex(({ index }) => index === 0) };
}

/** FNV-1a with the final mix of MurmurHash3: neighbouring keys give unrelated numbers. */
function mix(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
