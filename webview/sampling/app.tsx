import { clock } from '../../src/core/clock.ts';
import type {
  DroppedRequest,
  DroppedRows,
  SamplingHead,
  SamplingState,
} from '../../src/core/protocol/sampling.ts';
import type { SamplingPicture } from '../../src/core/sampling/picture.ts';
import { Frame } from '../shared/frame.tsx';
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
        <h1>
          {picture.records} record{picture.records === 1 ? '' : 's'}
          {picture.size !== null && ` of ${picture.size} wanted`}
        </h1>
        <p class="about">
          {head.title} · {KINDS[picture.kind]} · {head.model} on {head.problemSet}
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
            Stop and keep
          </vscode-button>
        )}
        {head.canResume && (
          <vscode-button appearance="secondary" disabled={!head.trusted} onClick={resume}>
            Resume
          </vscode-button>
        )}
        {!head.canStop && !head.hasDataset && picture.solutions > 0 && (
          <vscode-button appearance="secondary" disabled={!head.trusted} onClick={stopAndKeep}>
            Keep what is finished
          </vscode-button>
        )}
        {head.hasDataset && (
          <>
            <vscode-button appearance="secondary" onClick={openDataset}>
              Open dataset
            </vscode-button>
            <vscode-button disabled={!head.trusted} onClick={train}>
              Start Training…
            </vscode-button>
          </>
        )}
      </div>
    </header>
  );
}

const KINDS: Record<SamplingPicture['kind'], string> = {
  scft: 'critiques (SCFT)',
  'self-distill': 'right solutions (Self-Distill)',
  s2r: 'trajectories (S2R)',
  offline: 'rollouts (offline RL)',
};

function timesOf({ stage, done, total, startedAt, endedAt, etaSeconds, state }: SamplingHead): string {
  const parts = [
    ...(state === 'running' && total !== null ? [`${done} of ${total} ${stage ?? ''}`.trim()] : []),
    ...(etaSeconds === null ? [] : [`about ${clock(etaSeconds)} left`]),
    ...(startedAt !== null && endedAt !== null ? [`took ${clock(endedAt - startedAt)}`] : []),
  ];
  return parts.map((part) => ` · ${part}`).join('');
}
