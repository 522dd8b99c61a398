/** The names most like the one asked for, best first: what to offer when a name is not known. */
export function nearNames(wanted: string, names: readonly string[], count = 3): string[] {
  const asked = wanted.toLowerCase();
  return names
    .map((name) => ({ name, distance: likeness(asked, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.max(name.length, asked.length) / 2))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, count)
    .map(({ name }) => name);
}

/** Edits needed; a name that contains the other counts as near however long it is. */
function likeness(asked: string, name: string): number {
  return asked !== '' && (name.includes(asked) || asked.includes(name)) ? 1 : editDistance(asked, name);
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
