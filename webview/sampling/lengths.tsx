import type { SamplingPicture } from '../../src/core/sampling/picture.ts';

const WIDTH = 420;
const HEIGHT = 90;
const LABELS = 16;

/** How long the texts are that will be trained on. */
export function Lengths({ picture: { histogram, lengths } }: { picture: SamplingPicture }) {
  if (histogram.length === 0 || lengths === null) return null;
  const most = Math.max(...histogram.map(({ count }) => count));
  const width = WIDTH / histogram.length;
  const words = `${lengths.min} to ${lengths.max} tokens, median ${lengths.median}, mean ${lengths.mean.toFixed(0)}`;
  return (
    <section>
      <h2 id="lengths">Lengths of the records</h2>
      <p class="about">{words}</p>
      <svg
        width={WIDTH}
        height={HEIGHT + LABELS}
        role="img"
        aria-label={`Lengths: ${words}`}
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
        <summary>Lengths as a table</summary>
        <table aria-labelledby="lengths">
          <thead>
            <tr>
              <th scope="col">Tokens</th>
              <th scope="col">Records</th>
            </tr>
          </thead>
          <tbody>
            {histogram.map(({ from, to, count }) => (
              <tr key={from}>
                <th scope="row">
                  {from} to {to - 1}
                </th>
                <td>{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
