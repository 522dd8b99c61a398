import type { Port } from '../../src/core/rpc.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** The channel to the extension. */
export const hostPort: Port = {
  post: (message) => api.postMessage(message),
  listen(listener) {
    const onMessage = (event: MessageEvent<unknown>) => listener(event.data);
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  },
};

/** What VS Code keeps for this panel while it is hidden and across a reload: scroll, filters, tabs; never data. */
export const viewState = { read: () => api.getState(), write: (state: unknown) => api.setState(state) };
