import { describe, expect, it } from 'vitest';
import { PacedLooks } from '../../src/extension/pacedLooks.ts';

/** Looks that end when they are told to. */
function controlled() {
  const ends: ((hadNews: boolean) => void)[] = [];
  const looks = new PacedLooks(() => new Promise((resolve) => ends.push(resolve)));
  return { looks, ends };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('looks at a run that is written', () => {
  it('are one at a time, however often there is news', async () => {
    const { looks, ends } = controlled();
    looks.news();
    looks.news();
    looks.news();
    await settled();
    expect(ends).toHaveLength(1);
    looks.dispose();
  });

  it('end when there is nothing new, and begin again with the next news', async () => {
    const { looks, ends } = controlled();
    looks.news();
    ends[0]?.(false);
    await settled();
    expect(ends).toHaveLength(1);
    looks.news();
    await settled();
    expect(ends).toHaveLength(2);
    looks.dispose();
  });

  it('rest after each, unless a person waits', async () => {
    const { looks, ends } = controlled();
    looks.news();
    ends[0]?.(true);
    await settled();
    expect(ends).toHaveLength(1);
    looks.hurry();
    await settled();
    expect(ends).toHaveLength(2);
    looks.dispose();
  });

  it('are followed at once by another when a person asked during one', async () => {
    const { looks, ends } = controlled();
    looks.news();
    looks.hurry();
    ends[0]?.(true);
    await settled();
    expect(ends).toHaveLength(2);
    looks.dispose();
  });

  it('do not go on after the panel is closed', async () => {
    const { looks, ends } = controlled();
    looks.news();
    looks.dispose();
    ends[0]?.(true);
    await settled();
    expect(ends).toHaveLength(1);
  });
});
