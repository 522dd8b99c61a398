import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { z } from 'zod';

const manifestSchema = z.object({
  contributes: z.object({
    commands: z.array(z.object({ command: z.string() })).min(1),
    configuration: z.object({ properties: z.record(z.string(), z.object({ default: z.unknown() })) }),
    views: z.record(z.string(), z.array(z.object({ id: z.string() })).min(1)),
  }),
});

describe('the extension in the extension host', () => {
  let contributes: z.infer<typeof manifestSchema>['contributes'];

  before(async () => {
    const extension = vscode.extensions.getExtension('reflection-workbench.reflection-workbench');
    assert.ok(extension, 'VS Code knows the extension');
    await extension.activate();
    contributes = manifestSchema.parse(extension.packageJSON).contributes;
  });

  it('registers every command that it contributes', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.filter(({ command }) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('contributes every command that it registers', async () => {
    const contributed = new Set(contributes.commands.map(({ command }) => command));
    const views = Object.values(contributes.views).flat();
    // VS Code itself registers `VIEW.focus` and the like for each view.
    const ofView = (command: string) => views.some(({ id }) => command.startsWith(`${id}.`));
    const own = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('reflection.'));
    assert.deepEqual(
      own.filter((command) => !contributed.has(command) && !ofView(command)),
      [],
    );
  });

  it('has every setting, with the default that it declares', () => {
    const settings = Object.entries(contributes.configuration.properties);
    assert.ok(settings.length > 0);
    for (const [key, { default: declared }] of settings) {
      const setting = vscode.workspace.getConfiguration().inspect(key);
      assert.ok(setting, `${key} exists`);
      assert.deepEqual(setting.defaultValue, declared, key);
    }
  });

  it('shows every view', async () => {
    for (const { id } of Object.values(contributes.views).flat()) {
      await vscode.commands.executeCommand(`${id}.focus`);
    }
  });
});
