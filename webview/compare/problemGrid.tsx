import { useSignal } from '@preact/signals';
import type { CompareState } from '../../src/core/protocol/compare.ts';
import type { Comparison } from '../../src/core/schema/comparison.ts';

type Ready = Extract<CompareState, { status: 'ready' }>;
type ProblemRow = Comparison['perProblem'][number];
type Grades = NonNullable<ProblemRow['baseline']>['grades'];

const FILTERS = ['all', 'improved', 'regressed'] as const;
type Filter = (typeof FILTERS)[number];
/** Rows drawn at first: a list of thousands is asked for, not waited for. */
const SHOWN_AT_FIRST = 100;

interface Props {
  readonly state: Ready;
  nameOf(id: string): string;
  openPair(other: string, problemId: string, index: number): void;
}

/** Problems by samples: what moved, and the two texts a click away. */
export function ProblemGrid({ state, nameOf, openPair }: Props) {
  const filter = useSignal<Filter>('all');
  const isWhole = useSignal(false);
  return (
    <section class="problems">
      <h2 id="problems">Problems</h2>
      <div class="filters">
        <label for="filter">Show</label>
        <vscode-dropdown
          id="filter"
          value={filter.value}
          onChange={(event) => {
            const { value } = event.currentTarget as HTMLElement & { value: string };
            filter.value = FILTERS.find((name) => name === value) ?? 'all';
          }}
        >
          {FILTERS.map((name) => (
            <vscode-option key={name} value={name}>
              {name}
            </vscode-option>
          ))}
        </vscode-dropdown>
        <span class="legend">● correct ○ incorrect ◌ undetermined; a click opens both transcripts</span>
      </div>
      {state.pairs.map(({ other, comparison }) => {
        const rows = comparison.perProblem.filter((row) => isShown(row, filter.value));
        const shown = isWhole.value ? rows : rows.slice(0, SHOWN_AT_FIRST);
        return (
          <div key={other} class="scroll">
            <table class="grid" aria-labelledby="problems">
              <thead>
                <tr>
                  <th scope="col">Problem</th>
                  <th scope="col">{nameOf(state.baseline)}</th>
                  <th scope="col">{nameOf(other)}</th>
                  <th scope="col" class="number">
                    Points
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((row) => (
                  <Problem
                    key={row.problemId}
                    row={row}
                    statement={state.problems[row.problemId]?.statement ?? ''}
                    open={() => openPair(other, row.problemId, firstChange(row))}
                  />
                ))}
              </tbody>
            </table>
            {rows.length === 0 && <p>No problem {filter.value}.</p>}
            {shown.length < rows.length && (
              <vscode-button
                appearance="secondary"
                onClick={() => {
                  isWhole.value = true;
                }}
              >
                Show all {rows.length}
              </vscode-button>
            )}
          </div>
        );
      })}
    </section>
  );
}

function Problem({ row, statement, open }: { row: ProblemRow; statement: string; open: () => void }) {
  const { problemId, baseline, other, difference } = row;
  return (
    <tr onClick={open}>
      <th scope="row">
        <button type="button" class="link" title={statement}>
          {problemId}
        </button>
        <span class="statement">{statement}</span>
      </th>
      <td>
        <Samples grades={baseline?.grades ?? []} />
      </td>
      <td>
        <Samples grades={other?.grades ?? []} />
      </td>
      <td class={`number ${difference === null || difference === 0 ? '' : difference > 0 ? 'good' : 'bad'}`}>
        {difference === null ? '–' : signed(100 * difference)}
      </td>
    </tr>
  );
}

const GLYPHS = { correct: '●', incorrect: '○', undetermined: '◌' } as const;

function Samples({ grades }: { grades: Grades }) {
  const correct = grades.filter((grade) => grade === 'correct').length;
  return (
    <span class="samples" role="img" aria-label={`${correct} of ${grades.length} correct`}>
      {grades.map((grade, index) => (
        <span key={index} class={grade} title={`sample ${index}: ${grade}`}>
          {GLYPHS[grade]}
        </span>
      ))}
    </span>
  );
}

function isShown({ difference }: ProblemRow, filter: Filter): boolean {
  if (filter === 'all') return true;
  return difference !== null && (filter === 'improved' ? difference > 0 : difference < 0);
}

/** The first sample whose grade differs, because that is what a reader wants to see; else the first one. */
function firstChange({ baseline, other }: ProblemRow): number {
  const at = baseline?.grades.findIndex((grade, index) => grade !== other?.grades[index]) ?? -1;
  return Math.max(0, at);
}

function signed(points: number): string {
  const size = Math.abs(points).toFixed(0);
  return points > 0 ? `+${size}` : points < 0 ? `−${size}` : '0';
}
