import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ProblemText } from '../../src/core/protocol/compare.ts';
import * as l10n from '../shared/l10n.ts';
import { MathText } from '../shared/mathText.tsx';

/** A row of the grid that the arrows only pass by is not asked for. */
const REST_MS = 150;

/** The problem of the grid's current row, whole: a row has room for its beginning. */
export function ProblemDetail({
  problemId,
  read,
}: {
  problemId: string;
  read: (problemId: string) => Promise<ProblemText | null>;
}) {
  const shown = useSignal<{ readonly id: string; readonly problem: ProblemText } | null>(null);
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      read(problemId).then(
        (problem) => {
          if (isWanted && problem !== null) shown.value = { id: problemId, problem };
        },
        // The grid is still there, with the beginning of the statement.
        () => {},
      );
    }, REST_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [problemId]);
  if (shown.value?.id !== problemId) return null;
  const { statement, gold, level, subject } = shown.value.problem;
  const facts = [
    ...(level === null ? [] : [l10n.t('level {0}', level)]),
    ...(subject === null ? [] : [subject]),
    gold === null ? l10n.t('no gold answer') : l10n.t('gold {0}', gold),
  ];
  return (
    <section class="problem" aria-label={l10n.t('Problem {0}', problemId)}>
      <h3>
        <strong>{problemId}</strong> <span class="legend">{facts.join(' · ')}</span>
      </h3>
      {statement === '' ? (
        <p class="legend">{l10n.t('The statement is not in these files.')}</p>
      ) : (
        <MathText
          key={problemId}
          element="p"
          class="problem-statement"
          text={statement}
          of={problemId}
          isTypeset
        />
      )}
    </section>
  );
}
