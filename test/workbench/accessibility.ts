import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { FrameLocator } from 'playwright-core';
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
  const body = await panel.locator('body').elementHandle();
  const frame = await body?.ownerFrame();
  if (!frame) throw new Error('the panel is not there');
  await frame.evaluate(fs.readFileSync(AXE_FILE, 'utf8'));
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
