import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { writeLargeRun } from '../process/runs/largeRun.ts';
import { extensionHost, memoryOf } from './hostProcess.ts';

const PROBLEMS = 6250;
const N = 16;
let before = 0;

/** A run of 10^5 samples, 110 MB: what is shown of it comes through its index, and it is never read whole. */
export const scenario: Scenario = {
  async prepare(workspace) {
    const dir = path.join(workspace, '.reflection/runs/20260101-100000-evaluate-large');
    fs.mkdirSync(path.dirname(dir), { recursive: true });
    await writeLargeRun(dir, { problems: PROBLEMS, n: N });
    assert.ok(fs.statSync(path.join(dir, 'solutions.jsonl')).size > 100e6);
  },
  steps: {
    'the Runs tree says its number': async ({ openContainer, treeRow, workspace }) => {
      before = memory(workspace);
      await openContainer('Reflection');
      await treeRow(/evaluate-large.*pass@1 \d/).waitFor();
    },

    'its problems are counted, and a sample opens': async ({ treeRow, page, shot }) => {
      await treeRow(/evaluate-large/).click();
      await treeRow(/^problem-0\d+\/16 correct/).waitFor();
      // The tooltip of the row under the pointer would cover the next ones.
      await page.mouse.move(800, 400);
      await treeRow(/^problem-1\d+\/16 correct/).click();
      await page.mouse.move(800, 400);
      await treeRow(/^sample 0/).click();
      await page.locator('.monaco-editor .view-line', { hasText: 'What is 1 + 17?' }).waitFor();
      await shot('large-run');
    },

    'any sample is found from the palette': async ({ palette, page, pick, picks }) => {
      await palette('Reflection: Open Transcript');
      await pick(/evaluate-large/);
      await picks().filter({ hasText: 'problem-0' }).first().waitFor();
      await page.keyboard.type('problem-4321');
      await pick('problem-4321');
      await picks().filter({ hasText: 'problem-4321#0' }).first().waitFor();
      await page.keyboard.type('#15');
      await pick(/problem-4321#15/);
      await page.locator('.monaco-editor .view-line', { hasText: 'What is 4321 + 17?' }).waitFor();
    },

    'the extension host has not taken it in': async ({ workspace }) => {
      const grown = memory(workspace) - before;
      console.log(`the extension host grew by ${grown.toFixed(0)} MB at most`);
      assert.ok(grown < 200, `it grew by ${grown.toFixed(0)} MB`);
    },
  },
};

/** The most that the extension host has held so far; 0 where nobody tells. */
function memory(workspace: string): number {
  const host = extensionHost(workspace);
  return host === null ? 0 : memoryOf(host).most;
}
