import { z } from 'zod';
import type { Driver } from '../../scripts/host/driver.ts';

/** What our decorations write behind the lines of the editors, or of those that a selector names. */
export async function saidBeside(
  { page }: Pick<Driver, 'page'>,
  editor = '.editor-instance',
): Promise<string[]> {
  const spans = JSON.stringify(`${editor} .view-line span`);
  return z.array(z.string()).parse(
    await page.evaluate(`[...document.querySelectorAll(${spans})]
      .map((element) => getComputedStyle(element, '::after').content)
      .filter((content) => content !== 'none' && content !== 'normal')`),
  );
}

/**
 * Waits until keys would act on a finding of this solution (of any, when it is null): its transcript has the focus, and
 * the extension tells at the end of the line the finding that it knows the cursor to be on. A tab is there before either.
 */
export async function cursorOnFinding(driver: Driver, solution: string | null, words = ''): Promise<void> {
  const file = solution === null ? '.transcript' : `/${encodeURIComponent(solution)}.transcript`;
  const editor = `.monaco-editor.focused[data-uri*="${file}"]`;
  await driver.until(`the cursor is on a finding of ${solution ?? 'a transcript'}`, async () => {
    const said = await saidBeside(driver, editor);
    return said.some((one) => !one.includes('↺') && one.includes(words));
  });
}
