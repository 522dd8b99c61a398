import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type MathPart, splitMath } from '../../src/core/mathText.ts';
import * as l10n from './l10n.ts';
import { typesetSoon } from './typeset.ts';

interface Props {
  readonly text: string;
  /** What it is the text of, for those who hear the button without seeing what is above it. */
  readonly of: string;
  readonly element?: 'span' | 'div' | 'pre' | 'p';
  readonly class?: string;
  /** At first; the button under the text changes it. */
  readonly isTypeset?: boolean;
}

/**
 * A text with its formulas typeset or as they were written; a button changes between the two. Statements of problems
 * begin typeset, what a model wrote begins as it wrote it: its source is what is graded.
 */
export function MathText({ text, of, element: Element = 'span', isTypeset = false, ...look }: Props) {
  const parts = useMemo(() => splitMath(text), [text]);
  const typesets = useSignal(isTypeset);
  if (parts.every(({ kind }) => kind === 'text')) return <Element class={look.class}>{text}</Element>;
  return (
    <>
      <Element class={look.class}>
        {typesets.value ? parts.map((part, at) => <Part key={`${at} ${part.source}`} part={part} />) : text}
      </Element>{' '}
      <button
        type="button"
        class="link maths-switch"
        onClick={() => {
          typesets.value = !typesets.value;
        }}
      >
        {typesets.value ? l10n.t('show source') : l10n.t('typeset formulas')}
        <span class="visually-hidden"> {l10n.t('of {0}', of)}</span>
      </button>
    </>
  );
}

function Part({ part: { kind, source, tex } }: { part: MathPart }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null || kind === 'text') return;
    element.textContent = source;
    return typesetSoon(tex, kind === 'display', element);
  }, [kind, source, tex]);
  return kind === 'text' ? source : <span ref={place} class={`formula ${kind}`} />;
}
