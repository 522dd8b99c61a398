import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { critique, solution, writeRun } from '../vscode/runFixtures.ts';
import { type ModelServer, startModelServer } from './modelServer.ts';

let server: ModelServer;

/** A folder from somebody else, opened without trust: everything can be read, nothing starts. */
export const scenario: Scenario = {
  restricted: true,
  async prepare(workspace) {
    server = await startModelServer();
    const named = { engine: 'openai', baseUrl: server.baseUrl, model: 'm' };
    const file = { engine: 'llama', path: '/etc/hostname' };
    fs.writeFileSync(
      path.join(workspace, 'reflection.json'),
      JSON.stringify({ models: { theirs: named, file } }),
    );
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
      // The tooltip of the row under the pointer would cover the next ones.
      await page.mouse.move(800, 400);
      await treeRow('tank').click();
      await page.mouse.move(800, 400);
      await treeRow('sample 0').click();
      await page.locator('.monaco-editor .squiggly-warning').first().waitFor();
      await shot('restricted-transcript');
    },

    'what the folder names is shown, and neither asked nor looked at': async (driver) => {
      const { page, treeRow, clearToasts, toast, palette } = driver;
      await page.locator('.sidebar .pane-header', { hasText: 'Models' }).click();
      await treeRow(/^theirs.*http:\/\/127\.0\.0\.1:\d+$/).waitFor();
      // Of a file of a trusted folder the size would stand here.
      await treeRow(/^file.*hostname$/).waitFor();
      await palette('Reflection: Check Server');
      await toast(/needs a trusted workspace/);
      assert.equal(server.requests(), 0);
      await clearToasts();
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
