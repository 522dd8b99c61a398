import '../shared/violations.ts';
import './compare.css';
import { signal } from '@preact/signals';
import { render } from 'preact';
import type {
  CompareHost,
  CompareState,
  CompareView,
  SavedComparison,
} from '../../src/core/protocol/compare.ts';
import { createRemote, serve } from '../../src/core/rpc.ts';
import '../shared/controls.ts';
import { attempt, failure } from '../shared/attempt.ts';
import { hostPort, viewState } from '../shared/host.ts';
import * as l10n from '../shared/l10n.ts';
import { App } from './app.tsx';

const host = createRemote<CompareHost>(hostPort).remote;
const state = signal<CompareState>({ status: 'loading', what: l10n.t('Asking for the comparison') });
let saved: SavedComparison | undefined;

serve<CompareView>(hostPort, {
  update(next) {
    state.value = next;
  },
});

function Root() {
  return (
    <App
      state={state.value}
      failure={failure.value}
      chooseBaseline={(run) =>
        attempt(async () => {
          await host.setBaseline(run);
          // Kept for the next window, which asks for the same comparison again.
          if (saved !== undefined) viewState.write({ ...saved, baseline: run });
        })
      }
      openPair={(request) => attempt(() => host.openPair(request))}
      readProblem={(problemId) => host.readProblem(problemId)}
      transitionRows={(request) => host.transitionRows(request)}
      openCritique={(request) => attempt(() => host.openCritique(request))}
      exportReport={(format) => attempt(() => host.exportReport(format))}
      copyCommand={() => attempt(() => host.copyCommand())}
    />
  );
}

render(<Root />, document.body);
attempt(async () => {
  const answer = await host.ready();
  saved = answer.saved;
  viewState.write(saved);
  // An update that overtook the answer is newer than what the answer holds.
  if (state.value.status === 'loading') state.value = answer.state;
});
