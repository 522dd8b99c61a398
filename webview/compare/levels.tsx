import type { LevelRow } from '../../src/core/comparison/index.ts';
import type { Estimate } from '../../src/core/schema/comparison.ts';
import * as l10n from '../shared/l10n.ts';
import { Scroll } from '../shared/scroll.tsx';
import { seriesAt } from '../shared/series.ts';

/** Where a difference comes from: accuracy by the level of the problems. */
export function Levels({ levels, labels }: { levels: readonly LevelRow[]; labels: readonly string[] }) {
  if (levels.length === 0) return null;
  return (
    <section>
      <h2 id="levels">{l10n.t('Accuracy by level')}</h2>
      <Scroll label={l10n.t('Accuracy by level')}>
        <table class="levels" aria-labelledby="levels">
          <thead>
            <tr>
              <th scope="col">{l10n.t('Level')}</th>
              {labels.map((label, at) => (
                <th key={at} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {levels.map(({ level, estimates }) => (
              <tr key={level}>
                <th scope="row">{level}</th>
                {estimates.map((estimate, at) => (
                  <td key={at}>
                    {estimate === null ? '–' : <Bar estimate={estimate} className={seriesAt(at).className} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

const WIDTH = 120;
const HEIGHT = 14;

function Bar({ estimate, className }: { estimate: Estimate; className: string }) {
  const { value, interval, text, problems, isSmall } = estimate;
  const title = isSmall
    ? l10n.t('{0} problems, fewer than 20 counted', problems)
    : l10n.t('{0} problems', problems);
  return (
    <span class="level-bar" title={title}>
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true" class={className}>
        <rect class="track" x={0} y={3} width={WIDTH} height={HEIGHT - 6} />
        {value !== null && <rect class="fill" x={0} y={3} width={value * WIDTH} height={HEIGHT - 6} />}
        {interval !== null && (
          <line
            class="whisker"
            x1={interval.low * WIDTH}
            x2={interval.high * WIDTH}
            y1={HEIGHT / 2}
            y2={HEIGHT / 2}
          />
        )}
      </svg>
      <span class="number">
        {text}
        {isSmall && <span class="warning"> *</span>}
      </span>
    </span>
  );
}
