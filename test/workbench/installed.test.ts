import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';

const MINUTES = 60_000;

/** The packaged extension, installed as a user installs it: nothing of this folder is there to help it. */
export const scenario: Scenario = {
  installed: true,
  stepLimitMs: 5 * MINUTES,
  prepare(workspace) {
    const problems = path.join(projectRoot, 'media/problems/demo-5.jsonl');
    fs.copyFileSync(problems, path.join(workspace, 'demo-5.jsonl'));
  },
  steps: {
    'the built-in model of the package solves a problem file': async (driver) => {
      const { openContainer, palette, pick, answer, treeRow, workspace, page, until, shot } = driver;
      await openContainer('Reflection');
      await palette('Reflection: Evaluate Problem File');
      await pick('demo-5.jsonl');
      await pick('nano');
      await answer('2', 'Solutions for each problem');
      const told = page
        .locator('.notification-list-item-message')
        .filter({ hasText: /pass@1/ })
        .first();
      await until('the run is done', () => told.isVisible(), 4 * MINUTES);
      await treeRow(/nano.*pass@1/)
        .first()
        .waitFor();
      const runs = path.join(workspace, '.reflection/runs');
      const [run] = fs.readdirSync(runs);
      const manifest = JSON.parse(fs.readFileSync(path.join(runs, run ?? '', 'run.json'), 'utf8'));
      assert.ok(!manifest.model.path.startsWith(projectRoot), 'the model is that of the package');
      await shot('installed');
    },

    'its panels load from the package': async ({ webview }) => {
      await webview('sideBar').locator('.empty', { hasText: 'No training runs yet' }).waitFor();
    },
  },
};
