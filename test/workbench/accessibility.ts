import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, FrameLocator, Page } from 'playwright-core';
import { z } from 'zod';

const AXE_FILE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const violationsSchema = z.array(
  z.object({
    id: z.string(),
    impact: z.string().nullable(),
    help: z.string(),
    nodes: z.array(z.object({ html: z.string() })),
  }),
);

/**
 * What axe-core finds seriously wrong in a panel, one line each. Its text is evaluated by the browser's debugger: the
 * panel's own policy lets no script in, and stays as it is. `rules`: only these, as when the theme alone has changed.
 */
export async function seriousFaults(
  panel: FrameLocator,
  rules: readonly string[] | null = null,
): Promise<string[]> {
  const frame = await frameOf(panel);
  await frame.evaluate(fs.readFileSync(AXE_FILE, 'utf8'));
  // Controls of the toolkit follow a change of the theme a frame later.
  await frame.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const options = rules === null ? {} : { runOnly: rules };
  const found: unknown = await frame.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return violationsSchema
    .parse(found)
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes
          .slice(0, 4)
          .map(({ html }) => html.slice(0, 160))
          .join(' | ')}`,
    );
}

const CONTROLS =
  'button:not(:disabled), summary, input, vscode-button:not([disabled]), vscode-dropdown, [tabindex="0"]';
/** More controls than any panel has: then Tab goes round in a circle. */
const MOST_TABS = 400;

/** Controls of a panel that Tab does not come to, one line each. */
export async function unreachedControls(panel: FrameLocator, page: Page): Promise<string[]> {
  const frame = await frameOf(panel);
  // A control inside a control of the toolkit is its own affair; what is folded away is not there.
  await frame.evaluate(`{
    const all = [...document.querySelectorAll(${JSON.stringify(CONTROLS)})];
    window.unreached = new Set(all.filter((one) => one.checkVisibility() && !one.parentElement.closest('vscode-dropdown')));
    const [first] = window.unreached;
    first.focus();
  }`);
  const REACHED = `(() => {
    const at = document.activeElement;
    for (const one of window.unreached) if (one === at || one.contains(at)) window.unreached.delete(one);
    return at !== null && at !== document.body && document.hasFocus() ? window.unreached.size : -1;
  })()`;
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    const left: unknown = await frame.evaluate(REACHED);
    if (left === 0 || left === -1) break;
    await page.keyboard.press('Tab');
  }
  // What has gone meanwhile, as the panel was drawn anew, is nobody's to reach.
  return z
    .array(z.string())
    .parse(
      await frame.evaluate(
        '[...window.unreached].filter((one) => one.isConnected).map((one) => one.outerHTML.slice(0, 160))',
      ),
    );
}

/** Charts that nothing tells in numbers to those who do not see them, one line each. */
export async function chartsWithoutTable(panel: FrameLocator): Promise<string[]> {
  const frame = await frameOf(panel);
  // The mix is told by the words around it.
  const told = `(chart) => chart.closest('table, .mix') !== null
    || chart.closest('figure, section')?.querySelector('.chart-table') != null`;
  const found: unknown = await frame.evaluate(
    `[...document.querySelectorAll('[role="img"], [role="grid"]')].filter((chart) => !(${told})(chart)).map((chart) => chart.outerHTML.slice(0, 160))`,
  );
  return z.array(z.string()).parse(found);
}

async function frameOf(panel: FrameLocator): Promise<Frame> {
  const body = await panel.locator('body').elementHandle();
  const frame = await body?.ownerFrame();
  if (!frame) throw new Error('the panel is not there');
  return frame;
}
