import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { editedText, standingReviews } from '../../../core/runs/index.ts';
import { CRITIQUE_EDIT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { type TranscriptAddress, transcriptAddress, transcriptUri } from '../../transcriptAddress.ts';
import type { Reviews } from './reviews.ts';

/** The editable text of a critique. Saving it is a review, one line of the run; the model's own text stays as it is. */
export function critiqueEditUri(address: Omit<TranscriptAddress, 'kind'>): vscode.Uri {
  return transcriptUri({ ...address, kind: 'critique' }).with({ scheme: CRITIQUE_EDIT_SCHEME });
}

/** Serves critiques as files that can be written. There is nothing on disk but the run. */
export function registerCritiqueEditing(
  services: Services,
  reviews: Reviews,
  saved: () => Promise<void>,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  /** VS Code asks for times to know whether a file changed behind its back. */
  const times = new Map<string, number>();
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => undefined),
    async stat(uri) {
      const { text } = await critiqueAt(services, uri);
      const size = Buffer.byteLength(text);
      return { type: vscode.FileType.File, ctime: 0, mtime: times.get(uri.toString()) ?? 0, size };
    },
    async readFile(uri) {
      return Buffer.from((await critiqueAt(services, uri)).text);
    },
    async writeFile(uri, content) {
      const { folder, run, sample, text } = await critiqueAt(services, uri);
      const written = Buffer.from(content).toString('utf8');
      times.set(uri.toString(), Date.now());
      if (written === text) return;
      await reviews.edit(vscode.Uri.parse(folder), run, sample, written);
      await saved();
      changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    },
    readDirectory: () => [],
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerFileSystemProvider(CRITIQUE_EDIT_SCHEME, provider, { isCaseSensitive: true }),
  );
}

interface EditedCritique {
  readonly folder: string;
  readonly run: string;
  readonly sample: string;
  /** As it was last edited, or as the model wrote it. */
  readonly text: string;
}

async function critiqueAt(services: Services, uri: vscode.Uri): Promise<EditedCritique> {
  const address = transcriptAddress(uri);
  if (address === null) throw vscode.FileSystemError.FileNotFound(uri);
  if (services.runs.runs.length === 0) await services.runs.refresh();
  const entry = services.runs.find(vscode.Uri.parse(address.folder), address.run);
  const data = entry && (await services.runs.samples.part(entry, { sampleId: address.sample }));
  const critique = data?.critiques.find(({ id }) => id === address.sample);
  if (data === undefined || critique === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  const standing = standingReviews(data.reviews).get(critique.id);
  const edited = standing === undefined ? null : editedText(standing);
  return { ...address, text: edited ?? critique.text };
}

function refuse(): never {
  throw new UserError('read-only', vscode.l10n.t('A critique belongs to its run.'), {
    remedy: vscode.l10n.t('Reject it instead.'),
  });
}
