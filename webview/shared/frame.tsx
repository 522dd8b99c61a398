import type { ComponentChildren } from 'preact';
import * as l10n from './l10n.ts';

type FrameState =
  | { readonly status: 'loading'; readonly what: string }
  | { readonly status: 'failed'; readonly message: string; readonly remedy: string }
  | { readonly status: 'ready' };

/** What every panel shows around its content: that it is loading, why it cannot show it, why a request was refused. */
export function Frame({
  state,
  failure,
  isBusy = false,
  children,
}: {
  state: FrameState;
  failure: string | null;
  isBusy?: boolean;
  children: ComponentChildren;
}) {
  return (
    <main aria-busy={state.status === 'loading' || isBusy}>
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {state.status === 'loading' && (
        <p class="loading">
          <vscode-progress-ring aria-label={l10n.t('In progress')} />
          {state.what}
        </p>
      )}
      {state.status === 'failed' && (
        <section role="alert">
          <h1 class="bad">{state.message}</h1>
          <p>{state.remedy}</p>
        </section>
      )}
      {children}
    </main>
  );
}
