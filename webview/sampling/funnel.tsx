import { useSignal } from '@preact/signals';
import type { DroppedRows } from '../../src/core/protocol/sampling.ts';
import { type SamplingPicture, stageWords } from '../../src/core/sampling/picture.ts';
import * as l10n from '../shared/l10n.ts';
import { Scroll } from '../shared/scroll.tsx';
import type { Actions } from './app.tsx';

const BAR = 320;

interface Props extends Pick<Actions, 'droppedRows' | 'openCandidate'> {
  readonly picture: SamplingPicture;
}

/** Filter by filter what is left, and what each one dropped; a count opens what it counts. */
export function Funnel({ picture, droppedRows, openCandidate }: Props) {
  const chosen = useSignal<string | null>(null);
  const found = useSignal<DroppedRows | null>(null);
  const fault = useSignal<string | null>(null);
  const isWhole = useSignal(false);
  const show = async (filter: string, from: number) => {
    chosen.value = filter;
    if (from === 0) found.value = null;
    try {
      const more = await droppedRows({ filter, from });
      // Another filter was chosen meanwhile, or this was clicked twice and the rows are there already.
      if (chosen.value !== filter || (found.value?.rows.length ?? 0) !== from) return;
      found.value = { total: more.total, rows: [...(found.value?.rows ?? []), ...more.rows] };
      fault.value = null;
    } catch (thrown) {
      fault.value = thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
  const { funnel, solutions, solutionsAsked, critiques } = picture;
  const most = Math.max(1, funnel?.[0]?.entered ?? 0);
  const idle = (funnel ?? []).filter(({ dropped }, at, all) => dropped === 0 && at < all.length - 1).length;
  return (
    <section>
      <h2 id="funnel">{l10n.t('Funnel')}</h2>
      <p class="about">
        {l10n.t('{solutions} of {solutionsAsked} solutions, {critiques} critiques sampled', {
          solutions,
          solutionsAsked,
          critiques,
        })}
      </p>
      {funnel === null ? (
        <p>
          {solutions === 0
            ? l10n.t('Nothing was sampled yet.')
            : l10n.t('The filters are counted when there is something to filter.')}
        </p>
      ) : (
        <Scroll label={l10n.t('Funnel')}>
          <table class="funnel" aria-labelledby="funnel">
            <thead>
              <tr>
                <th scope="col">{l10n.t('Passed')}</th>
                <th scope="col" class="number">
                  {l10n.t('Left')}
                </th>
                <th scope="col">
                  <span class="visually-hidden">{l10n.t('Share')}</span>
                </th>
                <th scope="col">{l10n.t('Dropped')}</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">{l10n.t('candidates')}</th>
                <td class="number">{most === 1 ? (funnel[0]?.entered ?? 0) : most}</td>
                <td>
                  <Bar share={funnel[0]?.entered === 0 ? 0 : 1} />
                </td>
                <td />
              </tr>
              {funnel
                .filter(({ dropped }, at) => isWhole.value || dropped > 0 || at === funnel.length - 1)
                .map(({ filter, entered, dropped }) => {
                  const { passed, dropped: words } = stageWords(filter);
                  return (
                    <tr key={filter}>
                      <th scope="row">{passed}</th>
                      <td class="number">{entered - dropped}</td>
                      <td>
                        <Bar share={(entered - dropped) / most} />
                      </td>
                      <td>
                        {dropped > 0 && (
                          <button
                            type="button"
                            class="link"
                            aria-expanded={chosen.value === filter}
                            onClick={() => void show(filter, 0)}
                          >
                            {dropped} {words}
                          </button>
                        )}
                      </td>
                    </tr>
                  );
                })}
            </tbody>
          </table>
        </Scroll>
      )}
      {idle > 0 && (
        <button
          type="button"
          class="link"
          aria-expanded={isWhole.value}
          onClick={() => {
            isWhole.value = !isWhole.value;
          }}
        >
          {isWhole.value
            ? l10n.t('Hide the {0} filters that dropped nothing', idle)
            : l10n.t('Show the {0} filters that dropped nothing', idle)}
        </button>
      )}
      {fault.value !== null && (
        <p class="failure" role="alert">
          {fault.value}
        </p>
      )}
      {chosen.value !== null && found.value !== null && (
        <Dropped
          filter={chosen.value}
          found={found.value}
          more={(filter, from) => void show(filter, from)}
          close={() => {
            chosen.value = null;
          }}
          openCandidate={openCandidate}
        />
      )}
    </section>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <svg width={BAR} height={14} aria-hidden="true" class="funnel-bar">
      <rect x={0} y={1} width={Math.max(share > 0 ? 1 : 0, share * BAR)} height={12} />
    </svg>
  );
}

function Dropped({
  filter,
  found,
  more,
  close,
  openCandidate,
}: {
  filter: string;
  found: DroppedRows;
  more: (filter: string, from: number) => void;
  close: () => void;
  openCandidate: (id: string) => void;
}) {
  return (
    <section
      class="dropped"
      aria-label={l10n.t('Dropped: {0}', stageWords(filter).dropped)}
      aria-live="polite"
    >
      <p>{l10n.t('{0} {1}. Each opens what was sampled.', found.total, stageWords(filter).dropped)}</p>
      <ul>
        {found.rows.map(({ candidate, detail }) => (
          <li key={candidate}>
            <button type="button" class="link" onClick={() => openCandidate(candidate)}>
              {candidate}
            </button>{' '}
            <span class="detail">{detail}</span>
          </li>
        ))}
      </ul>
      <p class="actions">
        {found.rows.length < found.total && (
          <vscode-button appearance="secondary" onClick={() => more(filter, found.rows.length)}>
            {l10n.t('Show more')}
          </vscode-button>
        )}
        <vscode-button appearance="secondary" onClick={close}>
          {l10n.t('Close')}
        </vscode-button>
      </p>
    </section>
  );
}
