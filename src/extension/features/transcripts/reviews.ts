import os from 'node:os';
import type * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { Claim, FindingGroup } from '../../../core/findings/index.ts';
import type { Review } from '../../../core/schema/lines.ts';
import { appendReview } from '../../../node/runs/index.ts';
import type { Services } from '../../services.ts';
import { setting } from '../../settings.ts';

type Decision = 'accept' | 'reject' | 'superficial';

/** One appended line, and what stood before it. */
interface Step {
  readonly dir: string;
  readonly critiqueId: string;
  readonly finding: number;
  readonly before: Claim['decision'];
}

export interface Reviews {
  /** Appends one line for each critique that makes the claim. */
  decide(folder: vscode.Uri, group: FindingGroup, decision: Decision): Promise<void>;
  /** Takes back the last decision of this window. */
  undo(): Promise<void>;
}

/** Decisions on findings, kept in the run that holds the critique. */
export function createReviews(services: Services): Reviews {
  const history: Step[][] = [];
  return {
    async decide(folder, group, decision) {
      const steps: Step[] = [];
      for (const { run, critique, finding, decision: before } of group.claims) {
        const dir = directoryOf(services, folder, run);
        await append(dir, { critiqueId: critique.id, finding, decision });
        steps.push({ dir, critiqueId: critique.id, finding, before });
      }
      history.push(steps);
    },
    async undo() {
      const steps = history.pop();
      if (steps === undefined) {
        throw new UserError('nothing-to-undo', 'No finding was reviewed in this window yet.', {
          remedy: 'Decide again instead: a later decision replaces an earlier one.',
        });
      }
      for (const { dir, critiqueId, finding, before } of steps) {
        await append(dir, { critiqueId, finding, decision: before ?? 'undone' });
      }
    },
  };
}

function append(dir: string, line: Pick<Review, 'critiqueId' | 'finding' | 'decision'>): Promise<void> {
  const by = setting('reflection.reviewer') || os.userInfo().username;
  return appendReview(dir, { ...line, by, at: new Date().toISOString() });
}

function directoryOf(services: Services, folder: vscode.Uri, run: string): string {
  const entry = services.runs.find(folder, run);
  if (entry !== undefined) return entry.dir;
  throw new UserError('run-gone', `The run ${run} that holds the critique is not there any more.`, {
    remedy: 'Put its directory back, or criticise the solution again.',
  });
}
