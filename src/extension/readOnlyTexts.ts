import * as vscode from 'vscode';
import type { Services } from './services.ts';

const provided = new WeakMap<Services, Set<string>>();

/** Serves documents that are only read, so that nobody is asked to save them. Of several calls for a scheme the first counts. */
export function provideTexts(
  services: Services,
  scheme: string,
  textOf: (uri: vscode.Uri) => string | Promise<string>,
): void {
  const schemes = provided.get(services) ?? new Set<string>();
  provided.set(services, schemes);
  if (schemes.has(scheme)) return;
  schemes.add(scheme);
  const provider = { provideTextDocumentContent: textOf };
  services.context.subscriptions.push(vscode.workspace.registerTextDocumentContentProvider(scheme, provider));
}
