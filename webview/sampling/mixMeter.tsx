import type { SamplingPicture } from '../../src/core/sampling/picture.ts';
import * as l10n from '../shared/l10n.ts';

const WIDTH = 320;

/** Repairs to confirmations: asked for, and as they are. */
export function MixMeter({ picture: { mix } }: { picture: SamplingPicture }) {
  if (mix === null) return null;
  const { asked, i2c, c2c } = mix;
  const total = i2c + c2c;
  const wanted = asked[0] / Math.max(1e-9, asked[0] + asked[1]);
  const share = total === 0 ? 0 : i2c / total;
  const ratio = c2c === 0 ? `${i2c} : 0` : `${(i2c / c2c).toFixed(1)} : 1`;
  return (
    <section>
      <h2>{l10n.t('Mix')}</h2>
      <p class="mix">
        <span>i→c {i2c}</span>
        <svg
          width={WIDTH}
          height={18}
          role="img"
          aria-label={l10n.t('i to c {i2c}, c to c {c2c}; asked {repairs} to {confirmations}, have {ratio}', {
            i2c,
            c2c,
            repairs: asked[0],
            confirmations: asked[1],
            ratio,
          })}
        >
          <rect class="track" x={0} y={3} width={WIDTH} height={12} />
          <rect class="fill" x={0} y={3} width={share * WIDTH} height={12} />
          <line class="wanted" x1={wanted * WIDTH} x2={wanted * WIDTH} y1={0} y2={18} />
        </svg>
        <span>c→c {c2c}</span>
        <span class="about">
          {l10n.t(
            'asked {0} (the line), have {1}',
            asked.join(':'),
            total === 0 ? l10n.t('none yet') : ratio,
          )}
        </span>
      </p>
    </section>
  );
}
