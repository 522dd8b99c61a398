import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Critique, Solution } from '../../../src/core/schema/lines.ts';
import type { RunManifest } from '../../../src/core/schema/run.ts';
import {
  createPositions,
  type OutlineNode,
  offsetAt,
  outlineOf,
  positionAt,
  renderCritique,
  renderTranscript,
  toSolutionOffset,
  toTranscriptOffset,
  toTranscriptSpan,
  traceForReading,
} from '../../../src/core/transcript/index.ts';

const manifest = {
  id: '20260101-100000-evaluate-demo',
  model: { name: 'nano', engine: 'llama', path: '/nano.gguf' },
  sampling: { temperature: 0.6, topP: 0.95, topK: 0, minP: 0, maxTokens: 100 },
} as RunManifest;
const run = {
  manifest,
  problems: [{ id: 'p', problem: 'What is 1+1?', answer: '2', mode: 'math' as const }],
};
const solutionOf = (text: string): Solution => ({
  id: 'p#3',
  problemId: 'p',
  index: 3,
  seed: 99,
  text,
  promptTokens: 5,
  tokens: 12,
  finish: 'stop',
  ms: 1,
  answer: '3',
  grade: 'incorrect',
  reason: 'differs',
  layer: 'integer',
});
const critique: Critique = {
  ...solutionOf('It is 2. \\boxed{2}'),
  id: 'p#3/0',
  solutionId: 'p#3',
  index: 0,
  answer: '2',
  grade: 'correct',
  verdict: 'incorrect',
  transition: 'i→c',
  findings: [],
};
/** Text as models write it: any characters, line ends of every kind, halves of surrogate pairs. */
const modelText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '\n', '\r', '\r\n', '──', '\ud83d', '\u2028', '\u202e', '\u0000'), {
      maxLength: 30,
    })
    .map((parts) => parts.join('')),
);

describe('a transcript', () => {
  it('says on its first line where the solution comes from', () => {
    const [first] = renderTranscript(run, solutionOf('x'), [], []).text.split('\n');
    expect(first).toBe(
      'p#3 · nano · T 0.6 · seed 99 · 12 tokens · answer 3: incorrect (gold 2) · run 20260101-100000-evaluate-demo',
    );
  });

  it('holds the solution word for word, and maps every span to the same characters and back', () => {
    fc.assert(
      fc.property(modelText, fc.nat(), fc.nat(), (text, a, b) => {
        const { text: transcript, sourceMap } = renderTranscript(run, solutionOf(text), [critique], []);
        expect(transcript.slice(...sourceMap.solution)).toBe(text);
        const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ];
        expect(transcript.slice(...toTranscriptSpan(sourceMap, [start, end]))).toBe(text.slice(start, end));
        expect(toSolutionOffset(sourceMap, toTranscriptOffset(sourceMap, start))).toBe(start);
      }),
    );
  });

  it('maps nothing outside the solution', () => {
    const { text, sourceMap } = renderTranscript(run, solutionOf('abc'), [critique], []);
    expect(toSolutionOffset(sourceMap, sourceMap.solution[0] - 1)).toBeNull();
    expect(toSolutionOffset(sourceMap, text.length)).toBeNull();
  });

  it('lists the critiques with what people decided, and only its own', () => {
    const other = { ...critique, id: 'p#9/0', solutionId: 'p#9' };
    const review = {
      critiqueId: 'p#3/0',
      decision: 'accept' as const,
      by: 'ada',
      at: '2026-01-01T00:00:00Z',
    };
    const { text } = renderTranscript(run, solutionOf('x'), [critique, other], [review]);
    expect(text.split('── Critiques ──\n\n')[1]).toBe(
      '0: says incorrect · answer 2 (correct) · i→c · review: accept\n',
    );
  });

  it('keeps our own lines single when an answer spans several', () => {
    const first = renderTranscript(run, { ...solutionOf('x'), answer: '1\n2\r3' }, [], []).text.split(
      '\n',
    )[0];
    expect(first).toContain('answer 1 2 3: incorrect');
  });

  it('shows a critique as a document of its own', () => {
    const { text, sourceMap } = renderCritique(run, critique, []);
    expect(text.slice(...sourceMap.solution)).toBe(critique.text);
    expect(text).toContain('Critique of p#3: 0: says incorrect');
  });

  it('shows an edited critique as it was and as it is', () => {
    const edit = {
      critiqueId: critique.id,
      decision: 'edited',
      text: 'Better said.',
      by: 'ada',
      at: '2026-01-01T00:00:00Z',
    } as const;
    const { text, sourceMap } = renderCritique(run, critique, [edit]);
    expect(text.slice(...sourceMap.solution)).toBe(critique.text);
    expect(text.endsWith('── As edited by ada ──\n\nBetter said.\n')).toBe(true);
  });
});

describe('positions', () => {
  it('agree with an editor that writes all line ends alike', () => {
    fc.assert(
      fc.property(modelText, fc.nat(), (text, at) => {
        const lines = text.split(/\r\n|\n|\r/);
        const offset = at % (text.length + 1);
        const { line, character } = positionAt(text, offset);
        expect(line).toBeLessThan(lines.length);
        expect(character).toBeLessThanOrEqual(lines[line]?.length ?? 0);
        const isInsideLineEnd = text[offset - 1] === '\r' && text[offset] === '\n';
        expect(offsetAt(text, { line, character })).toBe(isInsideLineEnd ? offset - 1 : offset);
      }),
    );
  });

  it('of many offsets are those of one', () => {
    fc.assert(
      fc.property(modelText, fc.array(fc.integer({ min: -2, max: 200 })), (text, offsets) => {
        const position = createPositions(text);
        for (const offset of offsets) expect(position(offset)).toEqual(positionAt(text, offset));
      }),
    );
  });

  it('clamps what lies beyond', () => {
    expect(offsetAt('ab\ncd', { line: 0, character: 99 })).toBe(2);
    expect(offsetAt('ab\ncd', { line: 9, character: 0 })).toBe(5);
    expect(positionAt('ab\ncd', 99)).toEqual({ line: 1, character: 2 });
  });
});

describe('sections', () => {
  it('begin at our own headings, whatever a statement holds', () => {
    const hostile = { ...run, problems: [{ ...run.problems[0], problem: '── Solution 9 ──' }] } as typeof run;
    const { text, sections } = renderTranscript(hostile, solutionOf('1+1=2'), [critique], []);
    expect(sections.map(({ name }) => name)).toEqual(['problem', 'solution', 'critiques']);
    expect(sections.map(({ span }) => text.slice(...span).split('\n')[0])).toEqual([
      '── Problem p ──',
      '── Solution 3 ──',
      '── Critiques ──',
    ]);
  });
});

describe('the outline of a solution', () => {
  const text =
    '<think>Step 1: 37*3=111.\nStep 2: 111+47=158. The answer is 158.\nWait, let me recheck. The answer is 158.</think>\\boxed{158}';
  const solution = { ...solutionOf(text), answer: '158', grade: 'incorrect' as const };
  const trace = traceForReading(solution, '148');

  it('has the thinking, its steps, and each reflection under what it stands in', () => {
    const [thinking] = outlineOf(text, trace);
    expect(thinking?.kind).toBe('thinking');
    const flat = (nodes: readonly OutlineNode[]): string[] =>
      nodes.flatMap(({ kind, number, children }) => [`${kind} ${number}`, ...flat(children)]);
    expect(flat(outlineOf(text, trace))).toContain('reflection 0');
    expect(flat(thinking?.children ?? []).slice(0, 2)).toEqual(['step 1', 'step 2']);
  });

  it('tells what a reflection did to the answer', () => {
    expect(trace.reflections).toMatchObject([{ transition: 'i→i', isSuperficial: true }]);
    const mended = text
      .replace('recheck. The answer is 158', 'recheck. 111+37=148. The answer is 148')
      .replace('boxed{158}', 'boxed{148}');
    const right = traceForReading({ ...solution, text: mended, answer: '148', grade: 'correct' }, '148');
    expect(right.reflections).toMatchObject([{ transition: 'i→c', isSuperficial: false }]);
  });

  it('contains every node in its parent', () => {
    fc.assert(
      fc.property(modelText, (part) => {
        const long = `${text}${part}Wait, check again.${part}`;
        const check = (nodes: readonly OutlineNode[], [start, end]: readonly [number, number]) => {
          for (const { span, children } of nodes) {
            expect(span[0]).toBeGreaterThanOrEqual(start);
            expect(span[1]).toBeLessThanOrEqual(end);
            check(children, span);
          }
        };
        check(outlineOf(long, traceForReading({ ...solution, text: long }, '148')), [0, long.length]);
      }),
    );
  });
});
