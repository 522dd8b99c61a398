import { UserError } from '../errors.ts';
import { lastAttempt, wholeSolution } from '../reflection/index.ts';
import type { Span } from '../schema/common.ts';
import type { Prompts } from '../schema/run.ts';

/** What a template's placeholders stand for. */
export interface PromptValues {
  readonly problem: string;
  readonly solution?: string;
  readonly answer?: string;
  readonly verification?: string;
}

/**
 * Fills `{problem}`, `{solution}`, `{answer}` and `{verification}`, where there are values, in one pass: a statement or a solution that holds such a placeholder itself is
 * text and stays as it is. Every other brace is text too, as in `\boxed{}`.
 */
export function renderPrompt(template: string, values: PromptValues): string {
  return template.replace(
    /\{(problem|solution|answer|verification)\}/g,
    (placeholder, name: keyof PromptValues) => {
      return values[name] ?? placeholder;
    },
  );
}

/** Throws a `UserError` that names the template in which a placeholder is missing. */
export function checkPrompts(prompts: Prompts): void {
  const needed = [
    ['solve', ['{problem}']],
    ['critique', ['{problem}', '{solution}']],
    ['critiqueTraining', ['{problem}', '{solution}']],
  ] as const;
  for (const [field, placeholders] of needed) {
    for (const placeholder of placeholders) {
      if (prompts[field].includes(placeholder)) continue;
      throw new UserError('prompt-placeholder', `The prompt has no ${placeholder}.`, {
        place: { field: `prompts.${field}` },
        remedy: `Put ${placeholder} where it belongs in the text.`,
      });
    }
  }
}

/** A solution as it stands in a critique prompt. */
export interface SlottedSolution {
  readonly text: string;
  /** The part of the original text that the critic is shown: findings are looked up there. */
  readonly region: Span;
}

/** What stands in `{solution}`: the whole text without think tags (spec A2.5), or the last attempt only. */
export function slotSolution(solutionText: string, slot: Prompts['solutionSlot']): SlottedSolution {
  switch (slot) {
    case 'whole':
      return { text: wholeSolution(solutionText), region: [0, solutionText.length] };
    case 'last-attempt': {
      const { text, span } = lastAttempt(solutionText);
      return { text: text.trim(), region: span };
    }
    default:
      throw new Error(`no such slot: ${slot satisfies never}`);
  }
}
