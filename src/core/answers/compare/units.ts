/** Units of an answer: ignored, unless both sides have one and they differ. */

/** A scalar with the unit that was written behind it. */
export interface Quantity {
  readonly text: string;
  /** Canonical name with its power, such as `cm^2`; null when there is none. */
  readonly unit: string | null;
}

/** Spellings of a unit; the first is canonical. */
const UNITS: readonly (readonly string[])[] = [
  ['cm', 'centimeter', 'centimeters', 'centimetre', 'centimetres'],
  ['mm', 'millimeter', 'millimeters', 'millimetre', 'millimetres'],
  ['km', 'kilometer', 'kilometers', 'kilometre', 'kilometres'],
  ['m', 'meter', 'meters', 'metre', 'metres'],
  ['dm', 'decimeter', 'decimeters'],
  ['ft', 'foot', 'feet'],
  ['in', 'inch', 'inches'],
  ['yd', 'yard', 'yards'],
  ['mi', 'mile', 'miles'],
  ['kg', 'kilogram', 'kilograms'],
  ['g', 'gram', 'grams'],
  ['mg', 'milligram', 'milligrams'],
  ['lb', 'lbs', 'pound', 'pounds'],
  ['oz', 'ounce', 'ounces'],
  ['s', 'sec', 'secs', 'second', 'seconds'],
  ['min', 'mins', 'minute', 'minutes'],
  ['h', 'hr', 'hrs', 'hour', 'hours'],
  ['day', 'days'],
  ['week', 'weeks'],
  ['month', 'months'],
  ['year', 'years'],
  ['degree', 'degrees', 'deg'],
  ['rad', 'radian', 'radians'],
  ['dollar', 'dollars'],
  ['cent', 'cents'],
  ['yuan'],
  ['euro', 'euros'],
  ['L', 'l', 'liter', 'liters', 'litre', 'litres'],
  ['mL', 'ml', 'milliliter', 'milliliters'],
  ['mph'],
  ['km/h', 'kmh', 'kph'],
  ['m/s'],
  // Words that only say what was counted: a unit that never contradicts another one.
  [
    '',
    'unit',
    'units',
    'point',
    'points',
    'pts',
    'people',
    'student',
    'students',
    'way',
    'ways',
    'ball',
    'balls',
  ],
];

const CANONICAL = new Map(
  UNITS.flatMap(([name = '', ...more]) => [name, ...more].map((word) => [word, name])),
);

/** Units that may stand bare behind a number; single letters only after a space, as variables look the same. */
const BARE_WORDS = [...CANONICAL.keys()]
  .filter((word) => word.length > 1)
  .map((word) => word.replace('/', '\\/'));
const QUALIFIER = 'square|sq\\.?|cubic|cu\\.?';
const BARE = new RegExp(
  `(?<=[\\d})]|\\\\pi|\\s)\\s?((?:${QUALIFIER})\\s)?(?<![a-zA-Z\\\\])(${BARE_WORDS.join('|')})\\s?(?:\\^\\s?\\{?\\s?(\\d)\\s?\\}?)?\\.?$`,
);
const BARE_LETTER = /^(-?[\d.,]+)\s([mgsLh])(?:\s?\^\s?\{?\s?(\d)\s?\}?)?$/;
const IN_TEXT =
  /(?<=[\d})\]a-z%!]|\\pi)\s?\\text\{([^{}]{0,200})\}\s?(?:\^\s?\{?\s?(-?\d)\s?\}?)?(?:\s?\/\s?\\text\{([^{}]{0,200})\})?$/;

const DEGREE = /(?<=\S)\s?(?:\^\s?\{?\s?\\(?:circ|degree)\s?\}?|\\degree)$/;

/** Words that make a text a condition, as in `n\text{ if even}`, and no unit. */
const CONDITION = /(?:^|\s)(?:if|is|are|when|for|where|with|odd|even|not|no|all|any|otherwise)(?:\s|$)/i;

/** Splits the unit off; the text is unchanged when there is none. */
export function splitUnit(text: string): Quantity {
  const inText = IN_TEXT.exec(text);
  if (inText !== null) {
    const [whole, words = '', power, per] = inText;
    if (CONDITION.test(words)) return { text, unit: null };
    const unit = canonicalUnit(per === undefined ? words : `${words.trim()}/${per.trim()}`, power);
    return { text: text.slice(0, -whole.length).trim(), unit };
  }
  const degree = /\\(?:sin|cos|tan|cot|sec|csc)/.test(text) ? null : DEGREE.exec(text);
  if (degree !== null) return { text: text.slice(0, degree.index).trim(), unit: 'degree' };
  const bare = BARE.exec(text);
  if (bare !== null && bare.index > 0) {
    const [, qualifier, word = '', power] = bare;
    const unit = canonicalUnit(`${qualifier ?? ''}${word}`, power);
    return { text: text.slice(0, bare.index).trim(), unit };
  }
  const letter = BARE_LETTER.exec(text);
  if (letter !== null) return { text: letter[1] ?? '', unit: canonicalUnit(letter[2] ?? '', letter[3]) };
  return { text, unit: null };
}

/** `square cm`, `cm` with power 2 and `centimeters squared` are `cm^2`; other words stand for themselves. */
function canonicalUnit(words: string, power: string | undefined): string | null {
  const qualified =
    /^\s*(square|sq\.?|cubic|cu\.?)\s+(.*)$/.exec(words) ?? /^\s*(.*?)\s+(squared|cubed)\s*$/.exec(words);
  const [qualifier, plain] = qualified === null ? ['', words] : orderQualifier(qualified[1], qualified[2]);
  const word = plain.trim().replace(/\.$/, '');
  const name =
    CANONICAL.get(word) ??
    word
      .toLowerCase()
      .replace(/\s{1,200}/g, ' ')
      .replace(/s$/, '');
  if (name === '') return null;
  const exponent = power ?? (/^sq/.test(qualifier) ? '2' : /^cu/.test(qualifier) ? '3' : '1');
  return exponent === '1' ? name : `${name}^${exponent}`;
}

function orderQualifier(a = '', b = ''): [string, string] {
  return /^(?:squared|cubed)$/.test(b) ? [b, a] : [a, b];
}

/** Both sides have a unit, and neither says the same as the other or less: `dollar` and `dollar per hour` agree. */
export function unitsContradict(a: Quantity, b: Quantity): boolean {
  if (a.unit === null || b.unit === null || a.unit === b.unit) return false;
  return !isPartOf(a.unit, b.unit) && !isPartOf(b.unit, a.unit);
}

/** Only words contain one another: `m` is not a part of `mm`, nor `cm` of `cm^2`. */
function isPartOf(short: string, long: string): boolean {
  return !long.includes('^') && long.split(/[\s/]/).includes(short);
}
