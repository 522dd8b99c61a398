import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { s2rPrompts } from '../../../src/core/prompts/index.ts';
import { buildOffline, type OfflineInput, readRollout } from '../../../src/core/sampling/index.ts';
import { offlineRecordSchema } from '../../../src/core/schema/dataset.ts';
import type { Solution } from '../../../src/core/schema/lines.ts';
import type { Problem } from '../../../src/core/schema/problem.ts';

const CHECK = '\n\nWait, let me recheck my solution.\n\n';
const RETRY = '\n\nLet me try again.\n\n';
const says = (verdict: string) => `Put back. Therefore, the answer is ${verdict}.`;
const solve = (answer: number) => `Add. \\boxed{${answer}}`;

/** Right is 4. */
const grade = (answer: string) => (answer === '4' ? ('correct' as const) : ('incorrect' as const));

function rollout(text: string, change: Partial<Solution> = {}): Solution {
  const texts = [...(text.match(/[\s\S]{1,3}/g) ?? []), ''];
  return {
    id: 'p#0',
    problemId: 'p',
    index: 0,
    seed: 3,
    text,
    promptTokens: 4,
    tokens: texts.length - 1,
    finish: 'stop',
    ms: 1,
    answer: '4',
    grade: 'correct',
    reason: 'equal',
    layer: 'string',
    logprobs: {
      values: texts.map((_, at) => -at / 100),
      of: 'policy',
      ids: texts.map((_, at) => at),
      texts,
    },
    ...change,
  };
}

function read(text: string, change: Partial<Solution> = {}) {
  return readRollout(rollout(text, change), { grade, maxActions: 20 });
}

const right = `${solve(4)}${CHECK}${says('correct')}`;
const wrongThenRight = `${solve(5)}${CHECK}${says('incorrect')}${RETRY}${right}`;

describe('a rollout', () => {
  it.each([
    ['ends where it is settled', right, right, ['R+', 'V+']],
    ['keeps the way to the answer', wrongThenRight, wrongThenRight, ['R-', 'V+', 'R+', 'V+']],
    [
      'is cut after the first right solve that is called right',
      `${right}${RETRY}${solve(5)}${CHECK}${says('incorrect')}`,
      right,
      ['R+', 'V+'],
    ],
    [
      'with right solves that are all called wrong is cut after the last of them',
      `${solve(4)}${CHECK}${says('incorrect')}${RETRY}${solve(5)}${CHECK}${says('correct')}`,
      `${solve(4)}${CHECK}${says('incorrect')}`,
      ['R+', 'V-'],
    ],
    [
      'that is never right is kept whole',
      `${solve(5)}${CHECK}${says('correct')}`,
      `${solve(5)}${CHECK}${says('correct')}`,
      ['R-', 'V-'],
    ],
  ])('%s', (_, text, kept, word) => {
    const found = read(text);
    if ('fault' in found) throw new Error(found.detail);
    expect(found.answer).toBe(kept);
    expect(
      found.actions.map(({ type, reward }) => `${type === 'solve' ? 'R' : 'V'}${reward > 0 ? '+' : '-'}`),
    ).toEqual(word);
    expect(found).toMatchObject({ rawText: text, isTruncated: kept !== text, ended: kept === text });
    expect(found.outcome).toBe(kept.includes('boxed{4}') ? 1 : -1);
  });

  it('has the end-of-turn token only when nothing was cut', () => {
    const whole = read(right);
    const cut = read(`${right}${RETRY}${right}`);
    if ('fault' in whole || 'fault' in cut) throw new Error('not read');
    expect(whole.tokens).toMatchObject({ hasEnd: true });
    expect(whole.tokens.texts.join('')).toBe(right);
    expect(cut.tokens).toMatchObject({ hasEnd: false });
    expect(right.startsWith(cut.tokens.texts.join(''))).toBe(true);
    expect(right.length - cut.tokens.texts.join('').length).toBeLessThan(3);
  });

  it('takes an end-of-turn token that a server spells out for what it is', () => {
    const { logprobs } = rollout(right);
    const texts = [...(logprobs?.texts ?? []).slice(0, -1), '<|im_end|>'];
    const spelled = { values: texts.map(() => -1), of: 'unknown' as const, texts };
    const found = read(right, { logprobs: spelled });
    expect(found).toMatchObject({ answer: right, tokens: { hasEnd: true, ids: null, of: 'unknown' } });
  });

  it('leaves out what the chat template opened, which was not sampled', () => {
    const text = `<think>\n${right}`;
    const found = readRollout({ ...rollout(right), text }, { grade, maxActions: 20 });
    expect(found).toMatchObject({ answer: right, rawText: text });
  });

  it.each([
    ['malformed', solve(4), {}],
    [
      'malformed',
      `${right}${RETRY}${solve(5)}`.replace(right, `${solve(5)}${CHECK}${says('incorrect')}`),
      {},
    ],
    ['unfinished', `${solve(5)}${CHECK}${says('incorrect')}`, { finish: 'length' as const }],
    ['misaligned', right, { logprobs: { values: [-1], of: 'policy' as const, texts: ['other'] } }],
    ['misaligned', right, { logprobs: { values: [-1], of: 'policy' as const, texts: [right] } }],
  ])('is dropped as %s where it has to be', (fault, text, change) => {
    expect(read(text, change)).toMatchObject({ fault });
  });

  it('cut off by its length is good for what it had settled before', () => {
    expect(read(`${right}${RETRY}Add aga`, { finish: 'length' })).toMatchObject({
      answer: right,
      ended: false,
    });
  });

  it('of more than 20 actions is dropped', () => {
    const long = Array.from({ length: 11 }, () => `${solve(5)}${CHECK}${says('incorrect')}`).join(RETRY);
    expect(read(long)).toMatchObject({ fault: 'too-many-actions' });
  });
});

const round = fc
  .tuple(fc.constantFrom(solve(4), solve(5), solve(6)), fc.constantFrom('correct', 'incorrect'))
  .map(([solved, verdict]) => `${solved}${CHECK}${says(verdict)}`);
const noise = fc.constantFrom(CHECK, RETRY, solve(4), says('correct'), '\n');
/** Rounds as they should be, and now and then something else. */
const part = fc.oneof({ arbitrary: round, weight: 9 }, { arbitrary: noise, weight: 1 });
const cases = fc.record({
  problems: fc.array(
    fc.array(fc.tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean()), { maxLength: 8 }),
    {
      maxLength: 5,
    },
  ),
  isBalanced: fc.boolean(),
  size: fc.option(fc.nat(6)),
  seed: fc.nat(),
});
const offlineInput = cases.map(({ problems: drawn, isBalanced, size, seed }): OfflineInput => {
  const problems = drawn.map(
    (_, at): Problem => ({ id: `p${at}`, problem: `What is ${at}+4?`, answer: '4', mode: 'math' }),
  );
  const solutions = drawn.flatMap((own, at) =>
    own.map(([parts, isRight], index) =>
      rollout(parts.join(RETRY), {
        id: `p${at}#${index}`,
        problemId: `p${at}`,
        index,
        grade: isRight ? 'correct' : 'incorrect',
      }),
    ),
  );
  return {
    problems,
    solutions,
    prompts: s2rPrompts,
    grade: (_, answer) => grade(answer),
    accuracy: [0.1, 0.7],
    isBalanced,
    size,
    seed,
    source: { run: 'r', model: 'm', modelSha256: null, temperature: 1, topP: 1 },
  };
});

describe('any offline run', () => {
  it('gives records of the schema whose actions join to the text and share its tokens out', () => {
    fc.assert(
      fc.property(offlineInput, (input) => {
        for (const record of buildOffline(input).records) {
          expect(offlineRecordSchema.safeParse(record).error).toBeUndefined();
          expect(record.actions.map(({ marker, text }) => marker + text).join('')).toBe(record.answer);
          const { texts, logprobs, ids } = record.tokens;
          expect([texts.length, ids?.length]).toEqual([logprobs.length, logprobs.length]);
          expect(record.answer.startsWith(texts.join(''))).toBe(true);
          let from = 0;
          for (const { tokenSpan } of record.actions) {
            expect(tokenSpan[0]).toBe(from);
            expect(tokenSpan[1]).toBeGreaterThan(from);
            from = tokenSpan[1];
          }
          expect(from).toBe(logprobs.length);
          expect(record.actions.map(({ type }) => type)).toEqual(
            record.actions.map((_, at) => (at % 2 === 0 ? 'solve' : 'verify')),
          );
          const words = record.actions.map(
            ({ type, reward }) => `${type === 'solve' ? 'R' : 'V'}${reward > 0 ? '+' : '-'}`,
          );
          expect(record.actions.map(({ context }) => context)).toEqual(
            words.map((_, at) => words.slice(0, at).join('')),
          );
        }
      }),
    );
  });

  it('keeps problems of the wanted accuracy only, no more negatives than others, and accounts for every rollout', () => {
    fc.assert(
      fc.property(offlineInput, (input) => {
        const { records, dropped, funnel, meta } = buildOffline(input);
        for (const { problemId, bin, accuracy } of records) {
          const own = input.solutions.filter((solution) => solution.problemId === problemId);
          expect(bin).toEqual([own.filter((one) => one.grade === 'correct').length, own.length]);
          expect(accuracy).toBeGreaterThanOrEqual(0.1);
          expect(accuracy).toBeLessThanOrEqual(0.7);
        }
        if (input.isBalanced && input.size === null)
          expect(meta.negatives).toBeLessThanOrEqual(records.length - meta.negatives);
        expect([...records.map(({ id }) => id), ...dropped.map(({ candidate }) => candidate)].sort()).toEqual(
          input.solutions.map(({ id }) => id).sort(),
        );
        expect(funnel.reduce((left, stage) => left - stage.dropped, input.solutions.length)).toBe(
          records.length,
        );
        if (input.size !== null) expect(meta.shortfall === null).toBe(records.length === input.size);
      }),
    );
  });
});
