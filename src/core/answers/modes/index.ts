/** The answer modes: how each finds an answer in a generation, and how it compares two of them. */
import type { AnswerMode } from '../../schema/problem.ts';
import type { GradingPolicy } from '../policies.ts';
import type { ExtractedAnswer } from '../types.ts';
import { compareAime } from './aime.ts';
import { compareBoolean, extractBoolean } from './boolean.ts';
import { compareChoice, extractChoice } from './choice.ts';
import { compareMaths } from './maths.ts';
import { comparePython, extractPython } from './python.ts';
import { compareText } from './text.ts';
import type { Verdict } from './verdict.ts';

export interface ModeRules {
  readonly compare: (gold: string, answer: string, policy: GradingPolicy) => Verdict;
  /** How an answer of this form is found where there is no box; absent: as in maths. */
  readonly extract?: (text: string) => ExtractedAnswer | null;
}

/** To add a mode: extend `answerModeSchema`, write its file, and name it here. */
export const MODES: Readonly<Record<AnswerMode, ModeRules>> = {
  math: { compare: compareMaths },
  aime: { compare: compareAime },
  choice: { compare: compareChoice, extract: extractChoice },
  boolean: { compare: compareBoolean, extract: extractBoolean },
  python: { compare: comparePython, extract: extractPython },
  text: { compare: compareText },
};
