import { clock } from '../../src/core/clock.ts';
import type {
  DroppedRequest,
  DroppedRows,
  SamplingHead,
  SamplingState,
} from '../../src/core/protocol/sampling.ts';
import type { SamplingPicture } from '../../src/core/sampling/picture.ts';
import { Frame } from '../shared/frame.tsx';
import * as l10n from '../shared/l10n.ts';
import { Examples } from './examples.tsx';
import { Funnel } from './funnel.tsx';
import { Lengths } from './lengths.tsx';
import { MixMeter } from './mixMeter.tsx';
import { Yields } from './yields.tsx';

export interface Actions {
  droppedRows(request: DroppedRequest): Promise<DroppedRows>;
  openCandidate(id: string): void;
  stopAndKeep(): void;
  resume(): void;
  openDataset(): void;
  train(): void;
}

export function App({
  state,
  failure,
  ...actions
}: Actions & { state: SamplingState; failure: string | null }) {
  return (
    <Frame state={state} failure={failure}>
      {state.status === 'ready' && (
        <>
          <Head head={state.head} picture={state.picture} {...actions} />
          <Funnel picture={state.picture} {...actions} />
          <MixMeter picture={state.picture} />
          <Yields picture={state.picture} />
          <Lengths picture={state.picture} />
          <Examples picture={state.picture} openCandidate={actions.openCandidate} />
        </>
      )}
    </Frame>
  );
}

const TONES: Readonly<Record<string, string>> = {
  running: 'busy',
  done: 'good',
  failed: 'bad',
  lost: 'bad',
};

function Head({
  head,
  picture,
  stopAndKeep,
  resume,
  openDataset,
  train,
}: Actions & { head: SamplingHead; picture: SamplingPicture }) {
  return (
    <header class="top">
      <div>
        <h1>{recordsOf(picture)}</h1>
        <p class="about">
          {head.title} · {KINDS[picture.kind]} · {l10n.t('{0} on {1}', head.model, head.problemSet)}
        </p>
        <p class="about" role="status">
          <span class={TONES[head.state] ?? 'warning'}>{head.state}</span>
          {timesOf(head)}
        </p>
        {head.error !== null && <p class="failure">{head.error}</p>}
        {picture.shortfall !== null && <p class="warning">{picture.shortfall}</p>}
      </div>
      <span class="spacer" />
      <div class="actions">
        {head.canStop && (
          <vscode-button appearance="secondary" disabled={!head.trusted} onClick={stopAndKeep}>
            {l10n.t('Stop and keep')}
          </vscode-button>
        )}
        {head.canResume && (
          <vscode-button appearance="secondary" disabled={!head.trusted} onClick={resume}>
            {l10n.t('Resume')}
          </vscode-button>
        )}
        {!head.canStop && !head.hasDataset && picture.solutions > 0 && (
          <vscode-button appearance="secondary" disabled={!head.trusted} onClick={stopAndKeep}>
            {l10n.t('Keep what is finished')}
          </vscode-button>
        )}
        {head.hasDataset && (
          <>
            <vscode-button appearance="secondary" onClick={openDataset}>
              {l10n.t('Open dataset')}
            </vscode-button>
            <vscode-button disabled={!head.trusted} onClick={train}>
              {l10n.t('Start Training…')}
            </vscode-button>
          </>
        )}
      </div>
    </header>
  );
}

function recordsOf({ records, size }: SamplingPicture): string {
  if (size !== null) {
    return records === 1
      ? l10n.t('1 record of {0} wanted', size)
      : l10n.t('{0} records of {1} wanted', records, size);
  }
  return records === 1 ? l10n.t('1 record') : l10n.t('{0} records', records);
}

const KINDS: Record<SamplingPicture['kind'], string> = {
  scft: l10n.t('critiques (SCFT)'),
  'self-distill': l10n.t('right solutions (Self-Distill)'),
  s2r: l10n.t('trajectories (S2R)'),
  offline: l10n.t('rollouts (offline RL)'),
};

function timesOf({ stage, done, total, startedAt, endedAt, etaSeconds, state }: SamplingHead): string {
  const parts = [
    ...(state === 'running' && total !== null
      ? [[l10n.t('{0} of {1}', done, total), stage].join(' ').trim()]
      : []),
    ...(etaSeconds === null ? [] : [l10n.t('about {0} left', clock(etaSeconds))]),
    ...(startedAt !== null && endedAt !== null ? [l10n.t('took {0}', clock(endedAt - startedAt))] : []),
  ];
  return parts.map((part) => ` · ${part}`).join('');
}
