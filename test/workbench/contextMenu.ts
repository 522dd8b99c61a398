import type { Locator } from 'playwright-core';
import type { Driver } from '../../scripts/host/driver.ts';

/** Longer than a menu takes to go when it has taken a click. */
const GOES_WITHIN_MS = 3_000;

/** Chooses from the context menu of a row; in a submenu of it, when that is named. */
export async function menu(driver: Driver, row: Locator, label: string, submenu?: string): Promise<void> {
  const chosen = entry(driver, label);
  // A menu takes no click in its first moments, and one that goes because its row was drawn anew has taken none: so until
  // it has gone after a click.
  await driver.until(`${label} is chosen`, async () => {
    try {
      if (!(await chosen.isVisible())) await open(driver, row, label, submenu);
      await chosen.click({ timeout: 2_000 });
      await chosen.waitFor({ state: 'hidden', timeout: GOES_WITHIN_MS });
      return true;
    } catch {
      return false;
    }
  });
}

async function open(driver: Driver, row: Locator, label: string, submenu?: string): Promise<void> {
  const { page, until } = driver;
  // A window that has just come up does not know yet what extensions contribute to its menus.
  await until(`the menu offers ${submenu ?? label}`, async () => {
    await row.click({ button: 'right' });
    const offered = entry(driver, submenu ?? label);
    await offered.waitFor({ timeout: 2_000 }).catch(() => page.keyboard.press('Escape'));
    return offered.isVisible();
  });
  if (submenu === undefined) return;
  await until(`${submenu} is open`, async () => {
    await entry(driver, submenu)
      .hover({ timeout: 2_000 })
      .catch(() => undefined);
    return entry(driver, label).isVisible();
  });
}

function entry({ page }: Driver, title: string): Locator {
  return page.locator('.context-view .action-label', { hasText: new RegExp(`^${title}$`) }).first();
}
