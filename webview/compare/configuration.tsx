import { useSignal } from '@preact/signals';
import type { ConfigurationRow } from '../../src/core/comparison/index.ts';
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
      <h2 id="configuration">Configuration</h2>
      <Scroll label="Configuration">
        <table class="configuration" aria-labelledby="configuration">
          <thead>
            <tr>
              <th scope="col">Setting</th>
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
                    <span class="warning" title="differs">
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
        {isWhole.value ? 'Show what differs only' : `Show all ${rows.length} settings`}
      </vscode-button>
    </section>
  );
}
