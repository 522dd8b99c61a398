import { useSignal } from '@preact/signals';
import type { ConfigurationRow } from '../../src/core/comparison/index.ts';
import * as l10n from '../shared/l10n.ts';
import { Scroll } from '../shared/scroll.tsx';

/** How each run was made, side by side; what differs comes first. */
export function Configuration({
  rows,
  labels,
}: {
  rows: readonly ConfigurationRow[];
  labels: readonly string[];
}) {
  const isWhole = useSignal(false);
  const differing = rows.filter(({ isEqual }) => !isEqual);
  const shown = isWhole.value ? [...differing, ...rows.filter(({ isEqual }) => isEqual)] : differing;
  return (
    <section>
      <h2 id="configuration">{l10n.t('Configuration')}</h2>
      <Scroll label={l10n.t('Configuration')}>
        <table class="configuration" aria-labelledby="configuration">
          <thead>
            <tr>
              <th scope="col">{l10n.t('Setting')}</th>
              {labels.map((label, at) => (
                <th key={at} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ setting, values, isEqual }) => (
              <tr key={setting} class={isEqual ? '' : 'differs'}>
                <th scope="row">
                  {setting}
                  {!isEqual && (
                    <span class="warning" title={l10n.t('differs')}>
                      {' '}
                      ≠
                    </span>
                  )}
                </th>
                {values.map((value, at) => (
                  <td key={at}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <vscode-button
        appearance="secondary"
        onClick={() => {
          isWhole.value = !isWhole.value;
        }}
      >
        {isWhole.value ? l10n.t('Show what differs only') : l10n.t('Show all {0} settings', rows.length)}
      </vscode-button>
    </section>
  );
}
