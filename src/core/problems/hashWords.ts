/** A hash of some of the words: 53 bits from two FNV-like hashes. Among ten million runs, a chance of one in 200 that any two collide. */
export function hashWords(words: readonly string[], from = 0, to: number = words.length): number {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let at = from; at < Math.min(to, words.length); at++) {
    const word = words[at] ?? '';
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b) + (b >>> 15);
    }
    a = Math.imul(a ^ 0x20, 0x01000193);
    b = Math.imul(b ^ 0x20, 0x85ebca6b);
  }
  a ^= a >>> 15;
  b ^= b >>> 13;
  return (a >>> 0) * 0x200000 + ((b >>> 0) & 0x1fffff);
}
