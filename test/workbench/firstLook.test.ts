import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';

const manifest = z
  .object({
    contributes: z.object({
      commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.string() })),
      menus: z.object({
        commandPalette: z.array(z.object({ command: z.string(), when: z.string() })),
      }),
      views: z.object({ reflection: z.array(z.object({ name: z.string() })) }),
    }),
  })
  .parse(JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8')));

/** A person who has just installed the extension: an empty folder, nothing run yet. */
export const scenario: Scenario = {
  steps: {
    'the side bar has the views, each with a next action': async ({ openContainer, page, webview, shot }) => {
      await openContainer('Reflection');
      for (const { name } of manifest.contributes.views.reflection) {
        await page.locator('.sidebar .pane-header', { hasText: name }).waitFor();
      }
      await page.locator('.sidebar .welcome-view-content', { hasText: 'No runs yet' }).waitFor();
      await page.locator('.sidebar .welcome-view-content', { hasText: 'No checkpoints yet' }).waitFor();
      await webview('sideBar').getByText('No training runs yet').waitFor();
      await shot('first-look');
    },

    'the palette offers the commands': async ({ page, picks }) => {
      const { commands, menus } = manifest.contributes;
      const conditional = new Set(menus.commandPalette.map(({ command }) => command));
      await page.keyboard.press('F1');
      const input = page.locator('.quick-input-widget input.input');
      for (const { command, category, title } of commands) {
        if (conditional.has(command)) continue;
        // Only the rows that fit are drawn.
        await input.fill(`>${category}: ${title}`);
        await picks()
          .filter({ hasText: `${category}: ${title}` })
          .first()
          .waitFor();
      }
      await input.fill('>Reflection: Next Finding');
      await picks().first().waitFor();
      const nextFinding = await picks().filter({ hasText: 'Reflection: Next Finding' }).count();
      assert.equal(nextFinding, 0, 'commands of a transcript are not offered without one');
      await page.keyboard.press('Escape');
    },
  },
};
