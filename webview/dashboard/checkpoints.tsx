import type { DashboardHead } from '../../src/core/protocol/dashboard.ts';
import * as l10n from '../shared/l10n.ts';
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
      <h2 id="checkpoints">{l10n.t('Checkpoints')}</h2>
      {checkpointRows.length === 0 ? (
        <p class="about">{l10n.t('None yet.')}</p>
      ) : (
        <Scroll label={l10n.t('Checkpoints')}>
          <table aria-labelledby="checkpoints">
            <thead>
              <tr>
                <th scope="col" class="number">
                  {l10n.t('Step')}
                </th>
                <th scope="col" class="number">
                  {l10n.t('Size')}
                </th>
                <th scope="col">{l10n.t('Evaluation')}</th>
                <th scope="col">
                  <span class="visually-hidden">{l10n.t('Actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {checkpointRows.toReversed().map(({ step, path, bytes, gguf, evaluation }) => (
                <tr key={path}>
                  <th scope="row" class="number">
                    {step}
                  </th>
                  <td class="number">{l10n.t('{0} MB', (bytes / 1e6).toFixed(1))}</td>
                  <td>
                    {evaluation ??
                      (gguf ? l10n.t('not evaluated yet') : l10n.t('no GGUF: cannot be evaluated here'))}
                  </td>
                  <td class="actions">
                    {gguf && (
                      <vscode-button
                        appearance="secondary"
                        disabled={!trusted}
                        onClick={() => evaluateCheckpoint(path)}
                      >
                        {l10n.t('Evaluate')}
                      </vscode-button>
                    )}
                    {evaluation !== null && (
                      <vscode-button appearance="secondary" onClick={() => compareCheckpoint(path)}>
                        {l10n.t('Compare with base')}
                      </vscode-button>
                    )}
                    <vscode-button appearance="secondary" onClick={() => revealCheckpoint(path)}>
                      {gguf ? l10n.t('Show files (GGUF)') : l10n.t('Show files')}
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
