/**
 * The texts of package.json for translators: in the manifest each is a `%key%`, and `package.nls.json` says what it
 * stands for. Keys are made of the place, so that a reworded text keeps its key.
 */

/** Fields that people read, wherever they stand. `name` is one of a view only; elsewhere it is an identifier. */
const READ = new Set([
  'category',
  'contents',
  'description',
  'displayName',
  'enumDescriptions',
  'label',
  'markdownDescription',
  'title',
]);
/** What a list's rows are known by; rows without one are counted. */
const IDENTITIES = ['command', 'id', 'view', 'name', 'type'] as const;

export interface LocalisedManifest {
  readonly manifest: Record<string, unknown>;
  /** The texts by their keys, in the order of the manifest. */
  readonly strings: Readonly<Record<string, string>>;
}

export function localisedManifest(fields: Readonly<Record<string, unknown>>): LocalisedManifest {
  const strings: Record<string, string> = {};
  const keyed = (key: string, text: string) => {
    let unique = key;
    for (let more = 2; strings[unique] !== undefined && strings[unique] !== text; more += 1) {
      unique = `${key}.${more}`;
    }
    strings[unique] = text;
    return `%${unique}%`;
  };
  const walk = (value: unknown, at: readonly string[], isRead: boolean): unknown => {
    if (typeof value === 'string') return isRead ? keyed(keyOf(at), value) : value;
    if (Array.isArray(value)) {
      return value.map((row: unknown, index) => walk(row, [...at, identityOf(row, index)], isRead));
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        walk(inner, [...at, name], READ.has(name) || (name === 'name' && at.includes('views'))),
      ]),
    );
  };
  const manifest = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, walk(value, [name], READ.has(name))]),
  );
  return { manifest, strings };
}

/** Every command has the same category: one key. */
function keyOf(at: readonly string[]): string {
  return at.at(-1) === 'category' ? 'category' : at.filter((part) => part !== 'contributes').join('.');
}

function identityOf(row: unknown, index: number): string {
  if (typeof row !== 'object' || row === null) return String(index + 1);
  const found = IDENTITIES.map((name) => Object.entries(row).find(([key]) => key === name)?.[1]).find(
    (value) => typeof value === 'string',
  );
  return typeof found === 'string' ? found : String(index + 1);
}
