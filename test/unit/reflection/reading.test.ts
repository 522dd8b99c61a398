import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candidateAnswers,
  confidenceCues,
  hedgingShare,
  isSameAnswer,
  lastAttempt,
  readTrace,
  reflectionCount,
  reflectionsOf,
  splitSteps,
  splitThinking,
  tokenPosition,
  wholeSolution,
} from '../../../src/core/reflection/index.ts';
import type { Grade } from '../../../src/core/schema/common.ts';

describe('thinking and summary', () => {
  it.each([
    ['<think>a</think>b', 'a', 'b', false],
    ['a</think>b', 'a', 'b', false],
    ['<think>a', 'a', null, true],
    ['b', null, 'b', false],
    ['<think></think>b', '', 'b', false],
    ['<think>the tag </think> is quoted</think>b', 'the tag </think> is quoted', 'b', false],
  ])('%j', (text, think, summary, unclosed) => {
    const parts = splitThinking(text);
    expect(parts.think === null ? null : text.slice(...parts.think)).toBe(think);
    expect(parts.summary === null ? null : text.slice(...parts.summary)).toBe(summary);
    expect(parts.unclosed).toBe(unclosed);
  });

  it('a whole solution holds no tag and loses no word', () => {
    fc.assert(
      fc.property(fc.lorem(), fc.lorem(), (think, summary) => {
        expect(wholeSolution(`<think>\n${think}\n</think>\n${summary}`)).toBe(`${think}\n\n${summary}`);
      }),
    );
  });

  it('the last attempt of a text without markers is its reasoning and its box', () => {
    expect(lastAttempt('<think>\n2+2=4\n</think>\n\nSo \\boxed{\\frac{4}{1}}.').text).toBe(
      '2+2=4 \\boxed{\\frac{4}{1}}',
    );
    expect(lastAttempt('2+2 is \\boxed{4}').text).toBe('2+2 is \\boxed{4}');
    expect(lastAttempt('').text).toBe('');
  });
});

describe('reflection cues (spec A1.1)', () => {
  it.each([
    ['Wait, wait! WAIT', 'lrm', 3],
    ['waiting and awaited', 'lrm', 0],
    ['double-check, double check, doublecheck', 'oat15', 3],
    ['Let me double check this', 'lrm', 1],
    ['I re-evaluate, reevaluate and re evaluate', 'oat8', 3],
    ['I check again', 'oat8', 1],
    ['double-check', 'arlcp13', 1],
    ['However, but alternatively: check', 'arlcp13', 4],
    ['Wait, let me recheck my solution.', 'lrm', 2],
    ['Let me try again.', 'lrm', 0],
    ['Let me try again.', 'oat8', 1],
  ] as const)('%j under %s counts %i', (text, list, expected) => {
    expect(reflectionCount(text, list)).toBe(expected);
  });

  it('takes a list of the user', () => {
    expect(
      reflectionCount('Moment mal! Stimmt das (wirklich)?', ['moment mal', 'stimmt das (wirklich)?']),
    ).toBe(2);
    expect(reflectionCount('anything', [])).toBe(0);
  });

  it('spans are in order, apart, and end with the text', () => {
    const word = fc.constantFrom(
      'Wait,',
      'hold on',
      '2+2=4',
      'so',
      '.',
      '\n',
      'recheck',
      'x = 1',
      'Let me verify',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const text = words.join(' ');
        const { cues, count, spans } = reflectionsOf(text);
        expect(count).toBe(cues.length);
        expect(spans.length).toBeLessThanOrEqual(count);
        expect(spans.length > 0).toBe(count > 0);
        for (const [i, [start, end]] of spans.entries()) {
          expect(start).toBeLessThan(end);
          expect(end).toBe(spans[i + 1]?.[0] ?? text.length);
        }
      }),
    );
  });
});

describe('candidate answers', () => {
  it.each([
    ['The answer is 57.', ['57']],
    ['The answer is: **-3.5**', ['-3.5']],
    ['the answer is $\\frac{3}{4}$', ['\\frac{3}{4}']],
    ['Answer: 1,234', ['1,234']],
    ['the answer is 3/4, or \\boxed{0.75}', ['3/4', '0.75']],
    ['the answer is correct', []],
    ['The answer is A lot of work', []],
    ['The final answer is (C).', ['C']],
    ['\\boxed{\\boxed{4}}', ['\\boxed{4}']],
    ['put it in \\boxed{}', []],
  ])('%j', (text, expected) => {
    const found = candidateAnswers(text);
    expect(found.map((candidate) => candidate.answer)).toEqual(expected);
    for (const { answer, span } of found) expect(text.slice(...span)).toContain(answer);
  });

  it('are the same but for spelling', () => {
    expect(isSameAnswer('025', '25')).toBe(true);
    expect(isSameAnswer('$1,000$', '1000')).toBe(true);
    expect(isSameAnswer('−4', '-4')).toBe(true);
    expect(isSameAnswer('0', '00')).toBe(true);
    expect(isSameAnswer('4', '5')).toBe(false);
  });
});

describe('a trace', () => {
  const grade = (answer: string): Grade => (answer === '4' ? 'correct' : 'incorrect');

  it('knows its first right answer and what came after it', () => {
    const text = 'The answer is 5. Wait, 2+2=4. The answer is 4. Hold on, let me verify. The answer is 4.';
    const trace = readTrace(text, { grade });
    expect(trace.answers.map((answer) => answer.grade)).toEqual(['incorrect', 'correct', 'correct']);
    expect(trace.firstCorrect?.span[0]).toBe(text.indexOf('4. Hold'));
    expect(trace.shareAfterFirstCorrect).toBeCloseTo((text.length - text.indexOf('. Hold')) / text.length);
    expect(trace.reflections.map((reflection) => reflection.transition)).toEqual(['i→c', 'c→c']);
  });

  it('tells a superficial reflection from one that computes', () => {
    const superficial = (reflection: string) =>
      readTrace(`So 2+2=4. The answer is 4. ${reflection}`, { grade }).reflections.map(
        (one) => one.isSuperficial,
      );
    expect(superficial('Wait, let me recheck: 2+2=4. Yes.')).toEqual([true]);
    expect(superficial('Wait, let me recheck. Yes, all is well.')).toEqual([true]);
    expect(superficial('Wait, let me recheck: 4-2=2. Yes.')).toEqual([false]);
    expect(superficial('Wait. The answer is 5.')).toEqual([false]);
  });

  it('grades each answer once', () => {
    const asked: string[] = [];
    const recorded = (answer: string): Grade => {
      asked.push(answer);
      return 'correct';
    };
    readTrace('The answer is 4. Wait. The answer is 4. \\boxed{4}', { grade: recorded });
    expect(asked).toEqual(['4']);
  });
});

describe('steps', () => {
  const texts = (text: string) => splitSteps(text).map((step) => [step.number, text.slice(...step.span)]);

  it.each([
    [
      'labels',
      'Intro\nStep 1: a\nmore\n**Step 2**: b\n### Step 3. c',
      [
        [1, 'Step 1: a\nmore'],
        [2, '**Step 2**: b'],
        [3, '### Step 3. c'],
      ],
    ],
    [
      'numbered lists',
      '1. a\n2. b\n3) c',
      [
        [1, '1. a'],
        [2, '2. b'],
        [3, '3) c'],
      ],
    ],
    [
      'paragraphs',
      'a\nb\n\nc\n\n\nd',
      [
        [1, 'a\nb'],
        [2, 'c'],
        [3, 'd'],
      ],
    ],
    [
      'lines without blank lines',
      'a\nb\nc',
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    ],
    [
      'a displayed formula stays with its sentence',
      'So\n\n\\[\nx = 1\n\\]\n\nNext',
      [
        [1, 'So\n\n\\[\nx = 1\n\\]'],
        [2, 'Next'],
      ],
    ],
    [
      'a formula of two dollars with blank lines in it',
      'So\n\n$$\nx = 1\n\ny = 2\n$$\n\nNext',
      [
        [1, 'So\n\n$$\nx = 1\n\ny = 2\n$$'],
        [2, 'Next'],
      ],
    ],
    [
      'an equation that goes on',
      'x = 1 + 2\n= 3\ny = 4',
      [
        [1, 'x = 1 + 2\n= 3'],
        [2, 'y = 4'],
      ],
    ],
    [
      'a decimal is no list',
      'It is\n3.5 metres\n4.5 feet',
      [
        [1, 'It is'],
        [2, '3.5 metres'],
        [3, '4.5 feet'],
      ],
    ],
    ['the announced answer is no step', 'Step 1: a\nThe answer is 5.', [[1, 'Step 1: a']]],
    ['a recheck is no step', 'Step 1: a\nWait, let me recheck my solution.\nCheck 1: a', [[1, 'Step 1: a']]],
    ['nothing', '', []],
  ] as const)('%s', (_name, text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  it('are in order, apart and inside the region', () => {
    const line = fc.constantFrom(
      'Step 1: x',
      'Step 2. y = 3',
      '1. a',
      '2. b',
      '',
      'text',
      '\\[',
      '\\]',
      '$$',
      '= 4',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 15 }), fc.nat(20), (lines, cut) => {
        const text = lines.join('\n');
        const from = Math.min(cut, text.length);
        let last = from;
        for (const { span } of splitSteps(text, [from, text.length])) {
          expect(span[0]).toBeGreaterThanOrEqual(last);
          expect(span[1]).toBeGreaterThan(span[0]);
          last = span[1];
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('confidence cues', () => {
  it('tells hedges from boosters', () => {
    expect(confidenceCues('Maybe this is clearly wrong, I think.').map((cue) => cue.kind)).toEqual([
      'hedge',
      'booster',
      'hedge',
    ]);
    expect(hedgingShare('Clearly wrong.')).toBe(0);
    expect(hedgingShare('Wrong.')).toBeNull();
  });
});

describe('positions in tokens', () => {
  const starts = [0, 3, 4, 9];

  it.each([
    [0, 0],
    [2, 0],
    [3, 1],
    [8, 2],
    [9, 3],
    [50, 3],
  ])('character %i is in token %i', (at, token) => {
    expect(tokenPosition(at, { characters: 12, tokens: 4, starts })).toEqual({ token, isExact: true });
  });

  it('are estimated, and say so, where the boundaries are not known', () => {
    expect(tokenPosition(6, { characters: 12, tokens: 4 })).toEqual({ token: 2, isExact: false });
    expect(tokenPosition(12, { characters: 12, tokens: 4 })).toEqual({ token: 3, isExact: false });
    expect(tokenPosition(0, { characters: 0, tokens: 0 })).toEqual({ token: 0, isExact: false });
  });
});
