import assert from 'node:assert/strict';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { critique, solution, writeRun } from '../vscode/runFixtures.ts';

/** A folder from somebody else, opened without trust: everything can be read, nothing starts. */
export const scenario: Scenario = {
  restricted: true,
  prepare(workspace) {
    const wrong = solution('tank', 0);
    writeRun(workspace, {
      kind: 'critique',
      id: '20260101-110000-critique',
      solutions: [wrong],
      critiques: [critique(wrong, 0)],
    });
  },
  steps: {
    'runs can be read': async ({ openContainer, treeRow, page, shot }) => {
      await openContainer('Reflection');
      await treeRow(/nano/).first().click();
      await treeRow('tank').click();
      await treeRow('sample 0').click();
      await page.locator('.monaco-editor .squiggly-warning').first().waitFor();
      await shot('restricted-transcript');
    },

    'starting says what it needs, and leads there': async (driver) => {
      const { palette, toast, toastButton, page, shot } = driver;
      await palette('Reflection: Evaluate Problem File');
      assert.match(await toast(/needs a trusted workspace/), /Trust the folder/);
      await shot('restricted-refused');
      await toastButton(/needs a trusted workspace/, 'Manage Workspace Trust');
      await page.locator('.workspace-trust-editor').waitFor();
      await shot('restricted-trust');
    },
  },
};
