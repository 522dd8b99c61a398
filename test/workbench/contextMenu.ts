import type { Locator } from 'playwright-core';
import type { Driver } from '../../scripts/host/driver.ts';

/** Longer than a menu takes to go when it has taken a click. */
const GOES_WITHIN_MS = 3_000;

/**
 * Chooses from the context menu of a row. A menu takes no click in its first moments, and one that goes because its row
 * was drawn anew has taken none: so until it has gone after a click.
 */
export async function menu({ page, until }: Driver, row: Locator, label: string): Promise<void> {
  const entry = page.locator('.context-view .action-label', { hasText: new RegExp(`^${label}$`) }).first();
  await until(`${label} is chosen`, async () => {
    try {
      if (!(await entry.isVisible())) await row.click({ button: 'right', timeout: 2_000 });
      await entry.click({ timeout: 2_000 });
      await entry.waitFor({ state: 'hidden', timeout: GOES_WITHIN_MS });
      return true;
    } catch {
      return false;
    }
  });
}
