import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors } from './extensionUnderTest.ts';
import { openPair, reviewsIn } from './findingRuns.ts';

/** What stands over a place of the document, of ours. */
async function hoverAt(uri: vscode.Uri, position: vscode.Position): Promise<vscode.MarkdownString[]> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .filter((one): one is vscode.MarkdownString => one instanceof vscode.MarkdownString)
    .filter(({ value }) => value.includes('command:reflection.'));
}

describe('what can be done with a finding, where no light bulb is shown', () => {
  before(activate);
  afterEach(closeEditors);

  it('stands over it, with the keys, and runs our commands only', async () => {
    const { uri, diagnostic, critiqueDir } = await openPair();
    const [text] = await hoverAt(uri, diagnostic.range.start);
    assert.match(text?.value ?? '', /Accept \(Alt\+A\).*Ctrl\+\./);
    const links = [...(text?.value ?? '').matchAll(/\((command:[^)]+)\)/g)].map(([, link]) =>
      vscode.Uri.parse(link ?? ''),
    );
    const trusted = typeof text?.isTrusted === 'object' ? text.isTrusted.enabledCommands : [];
    assert.deepEqual(
      links.map((link) => link.path),
      trusted,
    );
    assert.deepEqual(await hoverAt(uri, new vscode.Position(0, 0)), []);
    const [accept] = links;
    assert.equal(accept?.path, 'reflection.acceptFinding');
    await vscode.commands.executeCommand(accept.path, ...JSON.parse(accept.query));
    assert.deepEqual(
      reviewsIn(critiqueDir).map(({ decision }) => decision),
      ['accept'],
    );
  });

  it('is counted above the text until all is decided', async () => {
    const { uri } = await openPair();
    const told = async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        uri,
        100,
      );
      return lenses.map(({ command }) => command?.title ?? '').filter((title) => title.includes('review'));
    };
    assert.deepEqual(await told(), ['$(lightbulb) findings to review: 1 (F8)']);
    await vscode.commands.executeCommand('reflection.nextFinding');
    await vscode.commands.executeCommand('reflection.rejectFinding');
    assert.deepEqual(await told(), []);
  });
});
