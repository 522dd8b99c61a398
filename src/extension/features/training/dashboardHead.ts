import path from 'node:path';
import * as vscode from 'vscode';
import type { DashboardCheckpoint, DashboardHead } from '../../../core/protocol/dashboard.ts';
import { trainingRow } from '../../../core/protocol/trainingRow.ts';
import type { CurveGroup } from '../../../core/runs/curves.ts';
import { visibleText } from '../../../core/visibleText.ts';
import { evaluationOf } from '../../checkpointEvaluation.ts';
import { runHeadline } from '../../runHeadline.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';

const ALARMS_SHOWN = 20;
const LOGS_SHOWN = 50;
/** A line of a log can be of any length. */
const LINE_CHARACTERS = 500;

/** Everything about a training run that is small enough to be sent whole. */
export async function dashboardHead(
  services: Services,
  run: RunEntry,
  groups: readonly CurveGroup[],
): Promise<DashboardHead> {
  const { manifest, state } = run;
  const { head } = trainingRow(manifest, state, Date.now() / 1000);
  const { recipe, method } = manifest.options;
  return {
    ...head,
    recipe: [recipe, method].filter((part) => typeof part === 'string').join(', '),
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    groups,
    checkpointRows: await checkpointRows(services, run),
    alarms: state.alarms.slice(-ALARMS_SHOWN),
    logs: state.logs
      .slice(-LOGS_SHOWN)
      .map((line) => ({ ...line, message: visibleText(line.message.slice(0, LINE_CHARACTERS)) })),
    trusted: vscode.workspace.isTrusted,
  };
}

function checkpointRows(services: Services, run: RunEntry): Promise<DashboardCheckpoint[]> {
  return Promise.all(
    run.state.checkpoints.map(async ({ step, path: at, bytes, gguf }) => {
      const evaluation = evaluationOf(services, path.join(run.dir, at));
      return {
        step,
        path: at,
        bytes,
        gguf,
        evaluation:
          evaluation === undefined
            ? null
            : await runHeadline(services, evaluation).catch(() => vscode.l10n.t('could not be measured')),
      };
    }),
  );
}
