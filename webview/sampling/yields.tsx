import type { SamplingPicture } from '../../src/core/sampling/picture.ts';
import { Scroll } from '../shared/scroll.tsx';

const WIDTH = 140;

/** What the sampling costs: records for each hundred samples, and problems that gave none, by level. */
export function Yields({ picture: { yields } }: { picture: SamplingPicture }) {
  const sampled = yields.filter(({ samples }) => samples > 0);
  if (sampled.length === 0) return null;
  const most = Math.max(...sampled.map(({ records, samples }) => records / samples), 1e-9);
  return (
    <section>
      <h2 id="yield">Yield by level</h2>
      <Scroll label="Yield by level">
        <table aria-labelledby="yield">
          <thead>
            <tr>
              <th scope="col">Level</th>
              <th scope="col" class="number">
                Problems with a record
              </th>
              <th scope="col" class="number">
                Samples
              </th>
              <th scope="col" class="number">
                Records
              </th>
              <th scope="col" colSpan={2}>
                Records for 100 samples
              </th>
            </tr>
          </thead>
          <tbody>
            {sampled.map(({ level, problems, productive, samples, records }) => (
              <tr key={level}>
                <th scope="row">{level}</th>
                <td class="number">
                  {productive} of {problems}
                </td>
                <td class="number">{samples}</td>
                <td class="number">{records}</td>
                <td class="number">{((100 * records) / samples).toFixed(1)}</td>
                <td>
                  <svg width={WIDTH} height={12} aria-hidden="true" class="funnel-bar">
                    <rect x={0} y={1} width={(records / samples / most) * WIDTH} height={10} />
                  </svg>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
