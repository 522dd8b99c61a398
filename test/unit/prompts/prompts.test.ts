import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkPrompts,
  PROMPT_PRESETS,
  reasoningPrompts,
  renderPrompt,
  slotSolution,
} from '../../../src/core/prompts/index.ts';

describe('presets', () => {
  it('all have their placeholders', () => {
    for (const prompts of Object.values(PROMPT_PRESETS)) checkPrompts(prompts);
  });

  it('train with the text of paper A', () => {
    expect(renderPrompt(reasoningPrompts.critiqueTraining, { problem: 'Q?', solution: 'S.' })).toBe(
      'Please critique whether the following solution to the question is correct. Question: Q? Solution: S.',
    );
  });

  it('ask for a box when sampling', () => {
    expect(reasoningPrompts.solve).toContain('\\boxed{}');
    expect(reasoningPrompts.critique).toContain('\\boxed{}');
  });
});

describe('rendering', () => {
  it('puts texts in as they are, whatever placeholders and patterns they hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (problem, solution) => {
        const rendered = renderPrompt('<{problem}|{solution}>', { problem, solution });
        expect(rendered).toBe(`<${problem}|${solution}>`);
      }),
      {
        examples: [
          ['{solution}', '{problem}'],
          ['$&', '$1 $$'],
        ],
      },
    );
  });

  it('names the template in which a placeholder is missing', () => {
    expect(() => checkPrompts({ ...reasoningPrompts, critique: 'Question: {problem}' })).toThrow(
      '{solution}',
    );
  });
});

describe('the slot', () => {
  it('holds the reasoning without think tags', () => {
    const text = '<think>\n1+1=2\n</think>\n\nSo \\boxed{2}.';
    const slot = slotSolution(text, 'whole');
    expect(slot.text).toBe('1+1=2\n\nSo \\boxed{2}.');
    expect(slot.region).toEqual([0, text.length]);
  });

  it('holds the last attempt, with a region in the original text', () => {
    const text =
      '<think>\nStep 1: 1+1=3.\nThe answer is 3.\nWait, let me recheck my solution.\nCheck 1: 1+1=2, the solution has 3. Wrong.\nTherefore, the answer is incorrect. Let me try again.\nStep 1: 1+1=2.\nThe answer is 2.\n</think>\n\\boxed{2}';
    const slot = slotSolution(text, 'last-attempt');
    expect(slot.text).toContain('Step 1: 1+1=2.');
    expect(slot.text).not.toContain('1+1=3');
    expect(text.slice(...slot.region)).toContain('1+1=2.');
  });
});
