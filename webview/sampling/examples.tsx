import { useSignal } from '@preact/signals';
import type { SamplingPicture } from '../../src/core/sampling/picture.ts';
import * as l10n from '../shared/l10n.ts';
import { MathText } from '../shared/mathText.tsx';

const SHOWN_AT_FIRST = 3;

/** A person decides after reading: some kept records, as text. */
export function Examples({
  picture: { examples, records },
  openCandidate,
}: {
  picture: SamplingPicture;
  openCandidate: (id: string) => void;
}) {
  const isWhole = useSignal(false);
  if (examples.length === 0) return null;
  const shown = isWhole.value ? examples : examples.slice(0, SHOWN_AT_FIRST);
  return (
    <section>
      <h2>{l10n.t('{0} of {1} kept, drawn at random', shown.length, records)}</h2>
      {shown.map(({ id, type, question, text }) => (
        <article key={id} class="example">
          <h3>
            <button type="button" class="link" onClick={() => openCandidate(id)}>
              {id}
            </button>
            {type !== null && <span class="about"> {type === 'i2c' ? 'i→c' : 'c→c'}</span>}
          </h3>
          <MathText
            element="p"
            class="about question"
            text={question}
            of={l10n.t('the problem of {0}', id)}
            isTypeset
          />
          <MathText element="pre" text={text} of={id} />
        </article>
      ))}
      {examples.length > SHOWN_AT_FIRST && (
        <vscode-button
          appearance="secondary"
          onClick={() => {
            isWhole.value = !isWhole.value;
          }}
        >
          {isWhole.value ? l10n.t('Show fewer') : l10n.t('Show {0}', examples.length)}
        </vscode-button>
      )}
    </section>
  );
}
