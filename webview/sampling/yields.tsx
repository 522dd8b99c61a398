import type { SamplingPicture } from '../../src/core/sampling/picture.ts';
import * as l10n from '../shared/l10n.ts';
import { Scroll } from '../shared/scroll.tsx';

const WIDTH = 140;

/** What the sampling costs: records for each hundred samples, and problems that gave none, by level. */
export function Yields({ picture: { yields } }: { picture: SamplingPicture }) {
  const sampled = yields.filter(({ samples }) => samples > 0);
  if (sampled.length === 0) return null;
  const most = Math.max(...sampled.map(({ records, samples }) => records / samples), 1e-9);
  return (
    <section>
      <h2 id="yield">{l10n.t('Yield by level')}</h2>
      <Scroll label={l10n.t('Yield by level')}>
        <table aria-labelledby="yield">
          <thead>
            <tr>
              <th scope="col">{l10n.t('Level')}</th>
              <th scope="col" class="number">
                {l10n.t('Problems with a record')}
              </th>
              <th scope="col" class="number">
                {l10n.t('Samples')}
              </th>
              <th scope="col" class="number">
                {l10n.t('Records')}
              </th>
              <th scope="col" colSpan={2}>
                {l10n.t('Records for 100 samples')}
              </th>
            </tr>
          </thead>
          <tbody>
            {sampled.map(({ level, problems, productive, samples, records }) => (
              <tr key={level}>
                <th scope="row">{level}</th>
                <td class="number">{l10n.t('{0} of {1}', productive, problems)}</td>
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
