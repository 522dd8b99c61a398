import '../shared/violations.ts';
import '../shared/controls.ts';
import './sampling.css';
import { signal } from '@preact/signals';
import { render } from 'preact';
import type { SamplingHost, SamplingState, SamplingView } from '../../src/core/protocol/sampling.ts';
import { createRemote, serve } from '../../src/core/rpc.ts';
import { attempt, failure } from '../shared/attempt.ts';
import { hostPort, viewState } from '../shared/host.ts';
import * as l10n from '../shared/l10n.ts';
import { App } from './app.tsx';

const host = createRemote<SamplingHost>(hostPort).remote;
const state = signal<SamplingState>({ status: 'loading', what: l10n.t('Asking for the run') });

serve<SamplingView>(hostPort, {
  update(next) {
    state.value = next;
  },
});

function Root() {
  return (
    <App
      state={state.value}
      failure={failure.value}
      droppedRows={(request) => host.droppedRows(request)}
      openCandidate={(id) => attempt(() => host.openCandidate(id))}
      stopAndKeep={() => attempt(() => host.stopAndKeep())}
      resume={() => attempt(() => host.resume())}
      openDataset={() => attempt(() => host.openDataset())}
      train={() => attempt(() => host.train())}
    />
  );
}

render(<Root />, document.body);
attempt(async () => {
  const answer = await host.ready();
  viewState.write(answer.saved);
  // An update that overtook the answer is newer than what the answer holds.
  if (state.value.status === 'loading') state.value = answer.state;
});
