import type { Locator } from 'playwright-core';
import type { Driver } from '../../scripts/host/driver.ts';

/**
 * Selects a row together with the one that was clicked before. Opening that one selects it anew a moment later, and moves
 * the rows below it: so until both are selected.
 */
export async function selectToo({ page, until }: Driver, tree: string, row: Locator): Promise<void> {
  const selected = page.locator(`${tree} .monaco-list-row.selected`);
  await until('two rows are selected', async () => {
    if ((await selected.count()) !== 2) {
      await row.click({ modifiers: ['ControlOrMeta'], timeout: 2_000 }).catch(() => undefined);
    }
    return (await selected.count()) === 2;
  });
}
