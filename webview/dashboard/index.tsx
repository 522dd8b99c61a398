import '../shared/violations.ts';
import '../shared/controls.ts';
import './dashboard.css';
import { signal } from '@preact/signals';
import { render } from 'preact';
import {
  applyDashboardUpdate,
  type DashboardHost,
  type DashboardState,
  type DashboardView,
} from '../../src/core/protocol/dashboard.ts';
import { createRemote, serve } from '../../src/core/rpc.ts';
import { attempt, failure } from '../shared/attempt.ts';
import { hostPort, viewState } from '../shared/host.ts';
import * as l10n from '../shared/l10n.ts';
import { App } from './app.tsx';

const host = createRemote<DashboardHost>(hostPort).remote;
const state = signal<DashboardState>({ status: 'loading', what: l10n.t('Asking for the run') });

serve<DashboardView>(hostPort, {
  show(next) {
    state.value = next;
  },
  update(update) {
    // Updates that come before the answer to ready() are in that answer already.
    if (state.value.status !== 'ready') return;
    const content = applyDashboardUpdate(state.value.content, update);
    if (content === null) load();
    else state.value = { status: 'ready', content };
  },
});

function load(): void {
  attempt(async () => {
    const answer = await host.ready();
    viewState.write(answer.saved);
    state.value = answer.state;
  });
}

function Root() {
  return (
    <App
      state={state.value}
      failure={failure.value}
      stop={() => attempt(() => host.stop())}
      resume={() => attempt(() => host.resume())}
      openLog={() => attempt(() => host.openLog())}
      openRollout={(id) => attempt(() => host.openRollout(id))}
      evaluateCheckpoint={(path) => attempt(() => host.evaluateCheckpoint(path))}
      compareCheckpoint={(path) => attempt(() => host.compareCheckpoint(path))}
      revealCheckpoint={(path) => attempt(() => host.revealCheckpoint(path))}
    />
  );
}

render(<Root />, document.body);
load();
