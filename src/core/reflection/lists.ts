/** The named reflection lists of spec A1.1. Paper A does not print its list, so ERR is reported under at least two. */

const OAT15 = [
  'recheck',
  'rethink',
  'reassess',
  'reevaluate',
  're-evaluate',
  'reevaluation',
  're-examine',
  'reexamine',
  'reconsider',
  'reanalyze',
  'double-check',
  'check again',
  'think again',
  'verify again',
  'go over the steps',
];

export const REFLECTION_LISTS = {
  /** oat15 and the cues that the judge prompt of paper A names; the default. */
  lrm: [
    ...OAT15,
    'wait',
    'hold on',
    'let me check',
    'let me verify',
    'let me double check',
    'let me recheck',
  ],
  /** sail-sg/oat-zero, the DeepSeek-family set. */
  oat8: [
    'reevaluate',
    'reevaluation',
    'recheck',
    'rethink',
    'check again',
    're-evaluate',
    'try again',
    're-examine',
  ],
  /** sail-sg/understand-r1-zero. */
  oat15: OAT15,
  /** ARLCP: wide and noisy. */
  arlcp13: [
    'wait',
    'alternatively',
    'hold on',
    'another thought',
    'verify',
    'think again',
    'but',
    'however',
    'alternative',
    'check',
    'double-check',
    'oh',
    'hmm',
  ],
} as const satisfies Record<string, readonly string[]>;

/** Lists of a user's own phrases by name. */
export type OwnLists = Readonly<Record<string, readonly string[]>>;

export type ReflectionListName = keyof typeof REFLECTION_LISTS;

/** A list by its name, or a user's own phrases. */
export type ReflectionList = ReflectionListName | readonly string[];

/** The phrases of a list. */
export function phrasesOf(list: ReflectionList): readonly string[] {
  return typeof list === 'string' ? REFLECTION_LISTS[list] : list;
}
