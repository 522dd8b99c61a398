import * as vscode from 'vscode';
import type { Port } from '../core/rpc.ts';

/** SHA-256 of the empty string: the toolkit inserts one empty <style> and fills it through the CSSOM. */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** The pages there are: a folder of webview/ each. */
export type PanelPage = 'compare' | 'sampling' | 'dashboard' | 'training';

/** Where the bundled panels lie. */
export function webviewRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/**
 * Gives a webview its page: constant HTML under a strict policy. No data is in it but the texts of our translators; data
 * arrives by RPC, because what a model wrote could end a script element.
 */
export function setPage(webview: vscode.Webview, extensionUri: vscode.Uri, panel: PanelPage): void {
  const root = webviewRoot(extensionUri);
  webview.options = { enableScripts: true, localResourceRoots: [root] };
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  const nonce = crypto.randomUUID();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} ${EMPTY_STYLE}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
  ].join('; ');
  // There is none where the editor speaks English.
  const { bundle } = vscode.l10n;
  webview.html = `<!DOCTYPE html>
<html lang="${bundle === undefined ? 'en' : attribute(vscode.env.language)}">
<head>
<meta charset="utf-8">
<title>Reflection</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${file(`${panel}.css`)}">
</head>
<body${bundle === undefined ? '' : ` data-texts="${attribute(JSON.stringify(bundle))}"`}><script nonce="${nonce}" src="${file(`${panel}.js`)}"></script></body>
</html>`;
}

/** A text as it stands between the quotes of an attribute. */
function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** The channel to a webview's page. */
export function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => void webview.postMessage(message),
    listen(listener) {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => subscription.dispose();
    },
  };
}
