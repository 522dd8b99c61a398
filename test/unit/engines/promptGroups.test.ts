import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SampleRequest } from '../../../src/core/protocol/inference.ts';
import { groupByPrompt, promptKey } from '../../../src/node/engines/promptGroups.ts';

const sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 8 };

function request(id: string, content: string): SampleRequest {
  return { id, messages: [{ role: 'user', content }], seed: 0, sampling };
}

describe('promptKey', () => {
  it('tells prompts apart, and raw prompts from messages', () => {
    expect(promptKey(request('1', 'x'))).toBe(promptKey(request('2', 'x')));
    expect(promptKey(request('1', 'x'))).not.toBe(promptKey(request('1', 'y')));
    const messages = promptKey(request('1', 'x'));
    expect(promptKey({ ...request('1', 'x'), raw: messages })).not.toBe(messages);
  });
});

describe('groupByPrompt', () => {
  const requests = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
    .map((prompts) => prompts.map((prompt, index) => request(String(index), prompt)));

  it('gives out every item once, whatever is preferred and put back', () => {
    fc.assert(
      fc.property(requests, fc.infiniteStream(fc.nat({ max: 9 })), (items, dice) => {
        const groups = groupByPrompt(items, (item) => item);
        const done: string[] = [];
        const held: NonNullable<ReturnType<typeof groups.take>>[] = [];
        for (const roll of dice) {
          const last = held.at(-1);
          const taken = groups.take(roll % 2 === 0 ? last?.group : undefined);
          if (taken !== undefined) held.push(taken);
          const finished = roll < 3 || taken === undefined ? held.shift() : undefined;
          if (finished !== undefined && roll === 1) groups.putBack(finished.item, finished.group);
          else if (finished !== undefined) done.push(finished.item.id);
          if (held.length === 0 && groups.remaining === 0) break;
        }
        expect(done.toSorted()).toEqual(items.map(({ id }) => id).toSorted());
        expect(groups.take()).toBeUndefined();
      }),
    );
  });

  it('starts prompts that nobody has, and goes on with the preferred one', () => {
    const items = ['a', 'a', 'a', 'b', 'b', 'c'].map((prompt, index) => request(`${prompt}${index}`, prompt));
    const groups = groupByPrompt(items, (item) => item);
    const first = groups.take();
    const second = groups.take();
    expect([first?.item.id, second?.item.id]).toEqual(['a0', 'b3']);
    expect(groups.take(first?.group)?.item.id).toBe('a1');
    expect(groups.take(second?.group)?.item.id).toBe('b4');
    // The second prompt is used up: the third has not been started.
    expect(groups.take(second?.group)?.item.id).toBe('c5');
    expect(groups.take(second?.group)?.item.id).toBe('a2');
    expect(groups.remaining).toBe(0);
  });

  it('drains what is left', () => {
    const items = ['a', 'b', 'a'].map((prompt, index) => request(String(index), prompt));
    const groups = groupByPrompt(items, (item) => item);
    groups.take();
    expect(groups.drain().map(({ id }) => id)).toEqual(['2', '1']);
    expect(groups.remaining).toBe(0);
  });
});
