/** Asking a model again at a place of a transcript: for more critiques, another model's, or another ending. */
import { randomInt } from 'node:crypto';
import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { splitSteps } from '../../../core/reflection/index.ts';
import { offsetAt, toSolutionOffset } from '../../../core/transcript/index.ts';
import { askModel } from '../../ask/askModel.ts';
import { choose } from '../../choose.ts';
import { modelOfRun } from '../../modelOfRun.ts';
import { modelTitle } from '../../modelTitle.ts';
import type { RunEntry } from '../../runStore.ts';
import { requireTrust, type Services } from '../../services.ts';
import { announce, startRun } from '../../startRun.ts';
import { type RunName, targetOf } from '../../target.ts';
import { transcriptAddress, transcriptUri } from '../../transcriptAddress.ts';
import { type FindingTarget, findingFor, isFindingTarget, type KnownFinding } from './current.ts';
import type { TranscriptDocuments } from './documents.ts';

/** Seeds of the command line are whole numbers below this. */
const SEEDS = 2 ** 31;
const CONTINUATIONS = 4;

/** More critiques of the solution at the cursor, by the model that criticised it first, with a new seed. */
export async function resampleCritiques(
  services: Services,
  documents: TranscriptDocuments,
  parameter: unknown,
): Promise<RunName> {
  requireTrust(vscode.l10n.t('Running a model'));
  const place = await placeOf(services, documents, parameter);
  const n = targetOf(parameter).n ?? (await askHowMany());
  const critic = place.finding?.group.claims[0].run;
  const by = critic === undefined ? undefined : services.runs.find(place.run.folder.uri, critic);
  const model = (await modelOfRun(by ?? place.run)) ?? (await askModel(services, place.run.folder, RESAMPLE));
  return critiqueAgain(services, place, model, n);
}

/** Critiques of the solution at the cursor by a model that the person chooses. */
export async function askAnotherModel(
  services: Services,
  documents: TranscriptDocuments,
  parameter: unknown,
): Promise<RunName> {
  requireTrust(vscode.l10n.t('Running a model'));
  const place = await placeOf(services, documents, parameter);
  const target = targetOf(parameter);
  const model =
    target.model ?? (await askModel(services, place.run.folder, vscode.l10n.t('Ask Another Model')));
  return critiqueAgain(services, place, model, target.n ?? (await askHowMany()));
}

/**
 * Keeps the solution up to the step at the cursor and has the model finish it anew. The best new ending is shown beside
 * the old one.
 */
export async function continueFromHere(
  services: Services,
  documents: TranscriptDocuments,
  parameter: unknown,
): Promise<RunName> {
  requireTrust(vscode.l10n.t('Running a model'));
  const place = await placeOf(services, documents, parameter);
  const { run, solution } = place;
  const target = targetOf(parameter);
  const { solutions } = await services.runs.samples.part(run, { sampleId: solution });
  const text = solutions.find(({ id }) => id === solution)?.text ?? '';
  const at = cutBefore(text, place.offset);
  const model = target.model ?? (await modelOfRun(run)) ?? (await askModel(services, run.folder, CONTINUE));
  const n = target.n ?? CONTINUATIONS;
  const { run: made, outcome } = await startRun(services, {
    kind: 'evaluate',
    folder: run.folder,
    title: `${modelTitle(services, run.folder, model)} goes on with ${solution}`,
    parameters: [
      ...['continue', run.dir, '--solution', solution, '--at', String(at)],
      ...['--model', model, '-n', String(n), '--seed', String(randomInt(SEEDS))],
    ],
  });
  const rows = (await services.runs.samples.data(made)).solutions;
  const right = rows.filter(({ grade }) => grade === 'correct');
  const best = right[0] ?? rows[0];
  const show = async () => {
    if (best === undefined) return;
    const folder = run.folder.uri.toString();
    const before = transcriptUri({ folder, run: run.id, kind: 'transcript', sample: solution });
    const after = transcriptUri({ folder, run: made.id, kind: 'transcript', sample: best.id });
    const title = vscode.l10n.t('{0}: as it was, and continued ({1})', solution, best.grade);
    await vscode.commands.executeCommand('vscode.diff', before, after, title);
  };
  await show();
  announce(vscode.l10n.t('{0} of {1} continuations are right.', right.length, rows.length), {}, outcome);
  return { folder: run.folder.uri.toString(), id: made.id };
}

interface Place {
  readonly run: RunEntry;
  readonly solution: string;
  readonly finding: KnownFinding | null;
  /** In the solution's text. */
  readonly offset: number;
}

/** A finding that was named, or the cursor in a transcript. */
async function placeOf(
  services: Services,
  documents: TranscriptDocuments,
  parameter: unknown,
): Promise<Place> {
  const editor = vscode.window.activeTextEditor;
  const named: FindingTarget | null = isFindingTarget(parameter) ? parameter : null;
  const uri = named === null ? editor?.document.uri : vscode.Uri.parse(named.transcript);
  const address = uri === undefined ? null : transcriptAddress(uri);
  const run = address && services.runs.find(vscode.Uri.parse(address.folder), address.run);
  if (uri === undefined || address?.kind !== 'transcript' || run === undefined || run === null) {
    throw new UserError('no-transcript', vscode.l10n.t('No transcript of a solution is open.'), {
      remedy: vscode.l10n.t('Run "Reflection: Open Transcript".'),
    });
  }
  // Without a finding at the cursor the place is the cursor itself.
  const finding =
    named === null
      ? await findingFor(services, documents, undefined).catch(() => null)
      : await findingFor(services, documents, named);
  const transcript = documents.get(uri);
  const map = transcript?.sourceMap ?? null;
  const cursor =
    transcript === undefined || map === null || editor === undefined
      ? 0
      : toSolutionOffset(map, offsetAt(transcript.text, editor.selection.active));
  return { run, solution: address.sample, finding, offset: finding?.group.span[0] ?? cursor ?? 0 };
}

/** The start of the step around an offset, or of its line where there is no step. */
function cutBefore(text: string, offset: number): number {
  const step = splitSteps(text).find(({ span: [start, end] }) => start <= offset && offset < end);
  return step?.span[0] ?? text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
}

async function critiqueAgain(services: Services, place: Place, model: string, n: number): Promise<RunName> {
  const { run, solution } = place;
  const { run: made, outcome } = await startRun(services, {
    kind: 'critique',
    folder: run.folder,
    title: `${modelTitle(services, run.folder, model)} criticises ${solution}`,
    parameters: [
      ...['critique', run.dir, '--solution', solution, '--model', model, '-n', String(n)],
      ...['--seed', String(randomInt(SEEDS))],
    ],
  });
  const { critiques } = await services.runs.samples.data(made);
  const right = critiques.filter(({ grade }) => grade === 'correct').length;
  announce(
    vscode.l10n.t('{0} of {1} new critiques reach the gold answer.', right, critiques.length),
    {},
    outcome,
  );
  return { folder: run.folder.uri.toString(), id: made.id };
}

const RESAMPLE = vscode.l10n.t('Resample Critiques Here');
const CONTINUE = vscode.l10n.t('Continue from before This Step');

function askHowMany(): Promise<number> {
  return choose(
    RESAMPLE,
    [4, 16].map((value) => ({ label: vscode.l10n.t('{0} critiques', value), value })),
    vscode.l10n.t('How many?'),
  );
}
