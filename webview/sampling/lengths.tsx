import type { SamplingPicture } from '../../src/core/sampling/picture.ts';
import * as l10n from '../shared/l10n.ts';

const WIDTH = 420;
const HEIGHT = 90;
const LABELS = 16;

/** How long the texts are that will be trained on. */
export function Lengths({ picture: { histogram, lengths } }: { picture: SamplingPicture }) {
  if (histogram.length === 0 || lengths === null) return null;
  const most = Math.max(...histogram.map(({ count }) => count));
  const width = WIDTH / histogram.length;
  const words = l10n.t('{min} to {max} tokens, median {median}, mean {mean}', {
    ...lengths,
    mean: lengths.mean.toFixed(0),
  });
  return (
    <section>
      <h2 id="lengths">{l10n.t('Lengths of the records')}</h2>
      <p class="about">{words}</p>
      <svg
        width={WIDTH}
        height={HEIGHT + LABELS}
        role="img"
        aria-label={l10n.t('Lengths: {0}', words)}
        class="histogram"
      >
        {histogram.map(({ from, count }, at) => (
          <g key={from}>
            <rect
              x={at * width + 1}
              y={HEIGHT - (count / most) * (HEIGHT - 4)}
              width={width - 2}
              height={(count / most) * (HEIGHT - 4)}
            />
            {at % 3 === 0 && (
              <text x={at * width} y={HEIGHT + LABELS - 3}>
                {from}
              </text>
            )}
          </g>
        ))}
      </svg>
      <details class="chart-table">
        <summary>{l10n.t('Lengths as a table')}</summary>
        <table aria-labelledby="lengths">
          <thead>
            <tr>
              <th scope="col">{l10n.t('Tokens')}</th>
              <th scope="col">{l10n.t('Records')}</th>
            </tr>
          </thead>
          <tbody>
            {histogram.map(({ from, to, count }) => (
              <tr key={from}>
                <th scope="row">{l10n.t('{0} to {1}', from, to - 1)}</th>
                <td>{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
