import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';

let workbench: ChildProcess | undefined;
let url: string | undefined;

/** `npm run workbench`, opened as a person does: in a browser that has no help from the test harness. */
export const scenario: Scenario = {
  steps: {
    'npm run workbench prints its address': async ({ workspace, until }) => {
      const script = path.join(projectRoot, 'scripts/host/workbench.ts');
      const child = spawn(process.execPath, [script, workspace], { stdio: ['ignore', 'pipe', 'inherit'] });
      workbench = child;
      process.once('exit', () => child.kill()); // also after a failed step
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      url = await until('an address', () => /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output)?.[0]);
    },

    'a plain browser finds the extension there': async ({ page }) => {
      assert.ok(url);
      const context = await page.context().browser()?.newContext();
      assert.ok(context);
      const own = await context.newPage();
      own.setDefaultTimeout(90_000);
      await own.goto(url, { waitUntil: 'commit' });
      await own.locator('.activitybar .action-label[aria-label^="Reflection"]').first().click();
      await own.locator('.sidebar .welcome-view-content', { hasText: 'No runs yet' }).waitFor();
      await context.close();
    },

    'Ctrl-C ends it, and nothing listens any more': async () => {
      assert.ok(workbench && url);
      workbench.kill('SIGINT');
      const [code] = await once(workbench, 'exit');
      assert.equal(code, 0);
      await assert.rejects(fetch(url));
    },
  },
};
