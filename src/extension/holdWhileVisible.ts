import * as vscode from 'vscode';
import type { Services } from './services.ts';

interface Visible {
  readonly visible: boolean;
  readonly onDidChangeVisibility: vscode.Event<unknown>;
}

/** Keeps the runs fresh while a view can be seen. */
export function holdWhileVisible(services: Services, view: Visible): vscode.Disposable {
  let hold: vscode.Disposable | undefined;
  const update = () => {
    if (view.visible) hold ??= services.runs.hold();
    else {
      hold?.dispose();
      hold = undefined;
    }
  };
  update();
  return vscode.Disposable.from(view.onDidChangeVisibility(update), { dispose: () => hold?.dispose() });
}
