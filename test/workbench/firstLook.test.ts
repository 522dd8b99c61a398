import assert from 'node:assert/strict';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { menus } from '../../src/extension/contributions/menus.ts';
import { walkthrough } from '../../src/extension/contributions/walkthrough.ts';
import { commands, views } from '../../src/extension/contributions.ts';
import { shotInThemes } from './themes.ts';

/** A person who has just installed the extension: an empty folder, nothing run yet. */
export const scenario: Scenario = {
  steps: {
    'the side bar has the views, each with a next action': async ({ openContainer, page, webview, shot }) => {
      await openContainer('Reflection');
      for (const { name } of views) {
        await page.locator('.sidebar .pane-header', { hasText: name }).waitFor();
      }
      await page.locator('.sidebar .welcome-view-content', { hasText: 'No runs yet' }).waitFor();
      await page.locator('.sidebar .welcome-view-content', { hasText: 'No checkpoints yet' }).waitFor();
      await webview('sideBar').getByText('No training runs yet').waitFor();
      await shot('first-look');
    },

    'the walkthrough leads from the first solve to the first comparison': async (driver) => {
      const { palette, pick, page } = driver;
      await palette('Welcome: Open Walkthrough...');
      await pick(/Get Started with Reflection Workbench/);
      const steps = page.locator('.gettingStartedContainer .getting-started-step');
      await steps.nth(walkthrough.steps.length - 1).waitFor();
      assert.equal(await steps.count(), walkthrough.steps.length);
      for (const { title } of walkthrough.steps) await steps.filter({ hasText: title }).waitFor();
      await shotInThemes(driver, 'walkthrough');
    },

    'the palette offers the commands': async ({ page, picks }) => {
      const conditional = new Set<string>(menus.commandPalette.map(({ command }) => command));
      await page.keyboard.press('F1');
      const input = page.locator('.quick-input-widget input.input');
      const offered = commands.filter(({ id }) => !conditional.has(id));
      for (const { title } of offered) {
        // Only the rows that fit are drawn.
        await input.fill(`>Reflection: ${title}`);
        await picks()
          .filter({ hasText: `Reflection: ${title}` })
          .first()
          .waitFor();
      }
      await input.fill('>Reflection: Next Finding');
      // The rows of the text before are gone.
      await picks()
        .filter({ hasText: `Reflection: ${offered.at(-1)?.title}` })
        .first()
        .waitFor({ state: 'detached' });
      const nextFinding = await picks().filter({ hasText: 'Reflection: Next Finding' }).count();
      assert.equal(nextFinding, 0, 'commands of a transcript are not offered without one');
      await page.keyboard.press('Escape');
    },
  },
};
