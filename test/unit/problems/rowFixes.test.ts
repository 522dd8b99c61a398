import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withId, withNulls } from '../../../src/core/problems/rowFixes.ts';

describe('another id for a row', () => {
  it('changes the id, and not the same value elsewhere', () => {
    expect(withId('{"answer":"7","id":"7","problem":"3+4?"}', '7~2')).toBe(
      '{"answer":"7","id":"7~2","problem":"3+4?"}',
    );
    expect(withId('{"id": 7, "problem": "3+4?", "answer": "7"}', '7~2')).toBe(
      '{"id": "7~2", "problem": "3+4?", "answer": "7"}',
    );
  });

  it('knows the id under the names that public sets give it, and not that of an inner object', () => {
    expect(withId('{"meta":{"unique_id":"a"},"unique_id":"a","problem":"?"}', 'b')).toBe(
      '{"meta":{"unique_id":"a"},"unique_id":"b","problem":"?"}',
    );
  });

  it('gives up where there is no id, or no row', () => {
    expect(withId('{"problem":"?"}', 'b')).toBeNull();
    expect(withId('{"id":"a",', 'b')).toBeNull();
    // Written in another way than JSON.stringify writes it.
    expect(withId('{"id":"\\u0061"}', 'b')).toBeNull();
  });

  it('leaves the rest of any row as it was', () => {
    const rows = fc.record({
      problem: fc.string(),
      id: fc.oneof(fc.string(), fc.integer()),
      answer: fc.oneof(fc.string(), fc.constant('id')),
    });
    fc.assert(
      fc.property(rows, fc.string(), (row, id) => {
        const renamed = withId(JSON.stringify({ ...row, answer: String(row.id) }), id);
        expect(JSON.parse(renamed ?? '')).toEqual({ ...row, answer: String(row.id), id });
      }),
    );
  });
});

describe('null for numbers that JSON does not have', () => {
  it('leaves strings alone that speak of them', () => {
    expect(withNulls('{"problem":"is 1, NaN, 2 or \\", Infinity]\\" a list?","answer":NaN}')).toBe(
      '{"problem":"is 1, NaN, 2 or \\", Infinity]\\" a list?","answer":null}',
    );
    expect(withNulls('[-Infinity , NaN,Infinity]')).toBe('[null , null,null]');
  });
});
