import type { Locator } from 'playwright-core';
import type { Driver } from '../../scripts/host/driver.ts';

/** Chooses from the context menu of a row; in a submenu of it, when that is named. */
export async function menu(driver: Driver, row: Locator, label: string, submenu?: string): Promise<void> {
  const { page, until } = driver;
  const entry = (title: string) =>
    page.locator('.context-view .action-label', { hasText: new RegExp(`^${title}$`) }).first();
  // A window that has just come up does not know yet what extensions contribute to its menus.
  await until(`the menu offers ${submenu ?? label}`, async () => {
    await row.click({ button: 'right' });
    const offered = entry(submenu ?? label);
    await offered.waitFor({ timeout: 2_000 }).catch(() => page.keyboard.press('Escape'));
    return offered.isVisible();
  });
  if (submenu !== undefined) {
    await until(`${submenu} is open`, async () => {
      await entry(submenu)
        .hover({ timeout: 2_000 })
        .catch(() => undefined);
      return entry(label).isVisible();
    });
  }
  // A menu takes no click in its first moments: so until it has gone.
  await until(`${label} is chosen`, async () => {
    await entry(label)
      .click({ timeout: 2_000 })
      .catch(() => undefined);
    return !(await entry(label).isVisible());
  });
}
