import os from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { FindingGroup } from '../../../core/findings/index.ts';
import { standingReviews } from '../../../core/runs/index.ts';
import type { Review } from '../../../core/schema/lines.ts';
import type { Services } from '../../services.ts';
import { setting } from '../../settings.ts';

export type Decision = 'accept' | 'reject' | 'superficial';

/** One appended line, and the line that stood before it. */
interface Step {
  readonly dir: string;
  readonly critiqueId: string;
  readonly finding: number | undefined;
  readonly before: Review | null;
}

export interface Decided {
  readonly folder: vscode.Uri;
  readonly groups: readonly FindingGroup[];
}

export interface Reviews {
  /**
   * Appends one line for each critique that makes one of the claims. Undone together. What is decided on may still be
   * looked up: the decision's turn is that of the call.
   */
  decide(found: Promise<Decided> | Decided, decision: Decision): Promise<void>;
  /** Keeps a person's own text of a critique. */
  edit(folder: vscode.Uri, run: string, critiqueId: string, text: string): Promise<void>;
  /** Takes back the last decision of this window. */
  undo(): Promise<void>;
}

/** Decisions on findings and critiques, kept in the run that holds the critique. */
export function createReviews(services: Services): Reviews {
  const history: Step[][] = [];
  let last: Promise<unknown> = Promise.resolve();
  /** One decision after the other, each on what the one before has written: keys come faster than disks. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(() => services.runs.refresh()).then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const note = async (folder: vscode.Uri, run: string, line: Line): Promise<Step> => {
    const entry = runNamed(services, folder, run);
    const reviews = await services.runs.samples.reviews(entry);
    const standing = standingReviews(reviews).get(line.critiqueId);
    // A decision on the whole critique overrules those on its findings: the new one has to be of the same kind.
    const whole = standing?.whole ?? null;
    const finding = whole === null ? line.finding : undefined;
    const before = finding === undefined ? whole : (standing?.findings.get(finding) ?? null);
    const { finding: _, ...rest } = line;
    await append(entry.dir, { ...rest, ...(finding === undefined ? {} : { finding }) });
    return { dir: entry.dir, critiqueId: line.critiqueId, finding, before };
  };
  return {
    decide: (found, decision) => {
      // Awaited in its turn; nobody is to take a failure until then for one that nobody handles.
      Promise.resolve(found).catch(() => undefined);
      return inTurn(async () => {
        const { folder, groups } = await found;
        const steps: Step[] = [];
        for (const { run, critique, finding } of groups.flatMap(({ claims }) => claims)) {
          steps.push(await note(folder, run, { critiqueId: critique.id, finding, decision }));
        }
        history.push(steps);
      });
    },
    edit: (folder, run, critiqueId, text) =>
      inTurn(async () => {
        history.push([await note(folder, run, { critiqueId, decision: 'edited', text })]);
      }),
    undo: () => inTurn(undoLast),
  };

  async function undoLast(): Promise<void> {
    const steps = history.pop();
    if (steps === undefined) {
      throw new UserError('nothing-to-undo', vscode.l10n.t('No finding was reviewed in this window yet.'), {
        remedy: vscode.l10n.t('Decide again instead: a later decision replaces an earlier one.'),
      });
    }
    for (const { dir, critiqueId, finding, before } of steps.reverse()) {
      const { decision = 'undone', text } = before ?? {};
      await append(dir, {
        critiqueId,
        decision,
        ...(finding === undefined ? {} : { finding }),
        ...(text === undefined ? {} : { text }),
      });
    }
  }
}

type Line = Pick<Review, 'critiqueId' | 'finding' | 'decision' | 'text'>;

async function append(dir: string, line: Line): Promise<void> {
  const { appendReview } = await import('../../runReading.ts');
  const by = setting('reflection.reviewer') || os.userInfo().username;
  return appendReview(dir, { ...line, by, at: new Date().toISOString() });
}

function runNamed(services: Services, folder: vscode.Uri, run: string) {
  const entry = services.runs.find(folder, run);
  if (entry !== undefined) return entry;
  throw new UserError(
    'run-gone',
    vscode.l10n.t('The run {0} that holds the critique is not there any more.', run),
    {
      remedy: vscode.l10n.t('Put its directory back, or criticise the solution again.'),
    },
  );
}
