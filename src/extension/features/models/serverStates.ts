/**
 * Whether the servers of `reflection.json` answer. A server on this machine is asked by itself, while the Models view can be
 * seen; one elsewhere only when somebody says so, and none in a workspace that is not trusted: the address comes from a
 * file that may be somebody else's.
 */
import * as vscode from 'vscode';

export type ServerState = 'unknown' | 'asking' | 'answers' | 'silent';

const ANSWER_WITHIN_MS = 3000;
const ASKED_AGAIN_AFTER_MS = 20_000;

export class ServerStates implements vscode.Disposable {
  readonly #known = new Map<string, { state: ServerState; at: number }>();
  readonly #changed = new vscode.EventEmitter<void>();

  get onDidChange(): vscode.Event<void> {
    return this.#changed.event;
  }

  /** What is known; a server of this machine is asked when that was long ago. */
  of(baseUrl: string): ServerState {
    const known = this.#known.get(baseUrl);
    const isOld = known === undefined || Date.now() - known.at > ASKED_AGAIN_AFTER_MS;
    if (isOld && isOfThisMachine(baseUrl) && vscode.workspace.isTrusted) void this.ask(baseUrl);
    return this.#known.get(baseUrl)?.state ?? 'unknown';
  }

  /** Asks now. Any answer is one: whether the key is right shows when it is used. */
  async ask(baseUrl: string): Promise<ServerState> {
    const before = this.#known.get(baseUrl)?.state;
    this.#set(baseUrl, before ?? 'asking');
    const state = await answers(baseUrl);
    this.#set(baseUrl, state);
    if (state !== before) this.#changed.fire();
    return state;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #set(baseUrl: string, state: ServerState): void {
    this.#known.set(baseUrl, { state, at: Date.now() });
  }
}

async function answers(baseUrl: string): Promise<'answers' | 'silent'> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, { signal, redirect: 'manual' });
    await response.body?.cancel();
    return 'answers';
  } catch {
    return 'silent';
  }
}

function isOfThisMachine(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}
