/** The line of links above a transcript: to what is to be reviewed, its problem, its run, and its neighbours. */
import * as vscode from 'vscode';
import { reviewProgress } from '../../../core/findings/index.ts';
import type { Solution } from '../../../core/schema/lines.ts';
import { type CommandId, TRANSCRIPT_SCHEME } from '../../contributions.ts';
import { lensName } from '../../lensName.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import type { Target } from '../../target.ts';
import { type TranscriptAddress, transcriptAddress } from '../../transcriptAddress.ts';
import { placedFindings } from './current.ts';
import type { TranscriptDocuments } from './documents.ts';
import { solutionsAround } from './library.ts';

/**
 * Code lenses, since links in the text itself would have to be switched on for the model's text, too. Each runs a command
 * of ours on names that are looked up among the runs on disk.
 */
export function registerTranscriptLinks(services: Services, documents: TranscriptDocuments): void {
  const changed = new vscode.EventEmitter<void>();
  services.context.subscriptions.push(
    changed,
    documents.onDidLoad(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(
      { scheme: TRANSCRIPT_SCHEME },
      {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses: async ({ uri }) => {
          const address = transcriptAddress(uri);
          const run = address && services.runs.find(vscode.Uri.parse(address.folder), address.run);
          if (address === null || run === undefined || run === null) return [];
          return address.kind === 'critique'
            ? critiqueLinks(services, run, address)
            : [...reviewLink(documents, uri), ...(await solutionLinks(services, run, address))];
        },
      },
    ),
  );
}

/** Read-only editors show no light bulb: this says that there is something to do, and how. */
function reviewLink(documents: TranscriptDocuments, uri: vscode.Uri): vscode.CodeLens[] {
  const { reviewed, total } = reviewProgress(placedFindings(documents, uri).map(({ group }) => group));
  if (reviewed === total) return [];
  const title = vscode.l10n.t('findings to review: {0} (F8)', total - reviewed);
  return [link(`$(lightbulb) ${title}`, 'reflection.nextFinding', {})];
}

async function solutionLinks(
  services: Services,
  run: RunEntry,
  { sample }: TranscriptAddress,
): Promise<vscode.CodeLens[]> {
  const { problems } = await services.runs.samples.part(run, { sampleId: sample });
  const { solutions } = await solutionsAround(services, run, sample);
  const places = new Map(problems.map(({ id }, at) => [id, at]));
  const place = ({ problemId }: Solution) => places.get(problemId) ?? places.size;
  const ordered = solutions.toSorted((a, b) => place(a) - place(b) || a.index - b.index);
  const at = ordered.findIndex(({ id }) => id === sample);
  const here = ordered[at];
  if (here === undefined) return [];
  const [previous, next] = [ordered[at - 1], ordered[at + 1]];
  return [
    ...problemLink(run, here.problemId),
    link(vscode.l10n.t('run folder'), 'reflection.openRunFolder', target(run)),
    ...(previous === undefined
      ? []
      : [link(`$(arrow-left) ${lensName(previous.id)}`, OPEN, target(run, { solution: previous.id }))]),
    ...(next === undefined
      ? []
      : [link(`${lensName(next.id)} $(arrow-right)`, OPEN, target(run, { solution: next.id }))]),
  ];
}

async function critiqueLinks(
  services: Services,
  run: RunEntry,
  { sample }: TranscriptAddress,
): Promise<vscode.CodeLens[]> {
  const { critiques, solutions } = await services.runs.samples.part(run, { sampleId: sample });
  const critique = critiques.find(({ id }) => id === sample);
  if (critique === undefined) return [];
  const { problemId, solutionId } = critique;
  const isHere = solutions.some(({ id }) => id === solutionId);
  const title = vscode.l10n.t('solution {0}', lensName(solutionId));
  return [
    ...problemLink(run, problemId),
    link(vscode.l10n.t('run folder'), 'reflection.openRunFolder', target(run)),
    ...(isHere ? [link(title, OPEN, target(run, { solution: solutionId }))] : []),
  ];
}

const OPEN: CommandId = 'reflection.openTranscript';

/** None where the problems did not come from a file. */
function problemLink(run: RunEntry, problem: string): vscode.CodeLens[] {
  if ((run.manifest.problemSet?.path ?? null) === null) return [];
  const title = vscode.l10n.t('problem {0}', lensName(problem));
  return [link(title, 'reflection.openProblem', target(run, { problem }))];
}

function link(title: string, command: CommandId, parameter: Target): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [parameter] });
}

function target({ folder, id }: RunEntry, more: Target = {}): Target {
  return { run: { folder: folder.uri.toString(), id }, ...more };
}
