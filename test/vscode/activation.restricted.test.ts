import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

describe('the extension in a workspace that is not trusted', () => {
  it('activates, for reading', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const extension = vscode.extensions.getExtension('reflection-workbench.reflection-workbench');
    assert.ok(extension, 'VS Code knows the extension');
    await extension.activate();
    assert.ok(extension.isActive);
  });
});
