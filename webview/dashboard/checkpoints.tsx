import type { DashboardHead } from '../../src/core/protocol/dashboard.ts';
import { Scroll } from '../shared/scroll.tsx';
import type { Actions } from './app.tsx';

type Props = Pick<Actions, 'evaluateCheckpoint' | 'compareCheckpoint' | 'revealCheckpoint'> & {
  readonly head: DashboardHead;
};

/** What training has written, how good it is, and what can be done with it. */
export function Checkpoints({ head, evaluateCheckpoint, compareCheckpoint, revealCheckpoint }: Props) {
  const { checkpointRows, trusted } = head;
  return (
    <section>
      <h2 id="checkpoints">Checkpoints</h2>
      {checkpointRows.length === 0 ? (
        <p class="about">None yet.</p>
      ) : (
        <Scroll label="Checkpoints">
          <table aria-labelledby="checkpoints">
            <thead>
              <tr>
                <th scope="col" class="number">
                  Step
                </th>
                <th scope="col" class="number">
                  Size
                </th>
                <th scope="col">Evaluation</th>
                <th scope="col">
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {checkpointRows.toReversed().map(({ step, path, bytes, gguf, evaluation }) => (
                <tr key={path}>
                  <th scope="row" class="number">
                    {step}
                  </th>
                  <td class="number">{(bytes / 1e6).toFixed(1)} MB</td>
                  <td>{evaluation ?? (gguf ? 'not evaluated yet' : 'no GGUF: cannot be evaluated here')}</td>
                  <td class="actions">
                    {gguf && (
                      <vscode-button
                        appearance="secondary"
                        disabled={!trusted}
                        onClick={() => evaluateCheckpoint(path)}
                      >
                        Evaluate
                      </vscode-button>
                    )}
                    {evaluation !== null && (
                      <vscode-button appearance="secondary" onClick={() => compareCheckpoint(path)}>
                        Compare with base
                      </vscode-button>
                    )}
                    <vscode-button appearance="secondary" onClick={() => revealCheckpoint(path)}>
                      Show files{gguf ? ' (GGUF)' : ''}
                    </vscode-button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
