/** `reflection import`: brings a public set, or a file, into the workspace, checks it, and says where it came from. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import { MAX_NESTING, nestsDeeper } from '../../core/nesting.ts';
import { CATALOGUE, type CatalogueEntry, findInCatalogue } from '../../core/problems/catalogue.ts';
import { fileStem, formatOfFile, type ProblemFault } from '../../core/problems/index.ts';
import { onDisk } from '../runs/diskErrors.ts';
import { makeTemporaryFolder } from '../temporaryFolder.ts';
import { type Download, downloadFile, fileUrl, type Hub, hubFromEnvironment, newestCommit } from './hub.ts';
import { noUsableRow, scanProblems } from './readProblems.ts';
import { readRows } from './readRows.ts';

/** What is asked of a person before anything is fetched. */
export interface ImportQuestion {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly licence: string;
  readonly terms: string | null;
  readonly gated: boolean;
}

export interface ImportRequest {
  /** Name in the catalogue, or a file. */
  readonly source: string;
  /** Folder that receives the set: `<dir>/<name>.jsonl`. */
  readonly dir: string;
  /** Name of the set; for a file, its catalogue entry is then checked as well. */
  readonly name?: string;
  /** Fetching needs a person's consent; a file that is already here needs none. */
  readonly confirm: (question: ImportQuestion) => Promise<boolean>;
  readonly hub?: Partial<Pick<Hub, 'endpoint' | 'token'>>;
  readonly onProgress?: (bytes: number, total: number | null) => void;
  readonly signal?: AbortSignal;
}

/** Where a set came from; written beside it as `<name>.source.json`. */
export interface SetSource {
  readonly name: string;
  readonly title: string;
  readonly hubId: string | null;
  readonly revision: string | null;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly rowsKept: number;
  readonly columns: readonly string[];
  readonly licence: string | null;
  readonly terms: string | null;
  readonly notes: readonly string[];
  /** What is not as the catalogue says. */
  readonly differences: readonly string[];
  readonly importedAt: string;
}

export interface ImportReport {
  /** The set in the workspace. */
  readonly file: string;
  readonly source: SetSource;
  readonly problems: number;
  /** How many problems have each answer mode. */
  readonly modes: Readonly<Record<string, number>>;
  readonly faults: readonly ProblemFault[];
}

/** Null when the person said no. */
export async function importSet(request: ImportRequest): Promise<ImportReport | null> {
  const entry = findInCatalogue(request.name ?? request.source);
  const isFile = await stat(request.source).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isFile) return await importFile(request, request.source, entry);
  if (findInCatalogue(request.source) === null || entry === null) throw unknownSet(request.source);
  return await importFromHub(request, entry);
}

function unknownSet(source: string): UserError {
  return new UserError('set-unknown', `"${source}" is neither a file nor a set of the catalogue`, {
    remedy: `Give a file, or one of: ${CATALOGUE.map(({ name }) => name).join(', ')}.`,
  });
}

async function importFromHub(request: ImportRequest, entry: CatalogueEntry): Promise<ImportReport | null> {
  const environment = hubFromEnvironment();
  const hub: Hub = {
    endpoint: (request.hub?.endpoint ?? environment.endpoint).replace(/\/+$/, ''),
    token: request.hub?.token ?? environment.token,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
  const { hubId, path: hubPath, title, licence } = entry;
  const agreed = await request.confirm({
    name: entry.name,
    title,
    url: fileUrl(hub, { hubId, path: hubPath, revision: entry.revision ?? 'main' }),
    licence,
    terms: entry.terms ?? null,
    gated: entry.gated ?? false,
  });
  if (!agreed) return null;
  const revision = entry.revision ?? (await newestCommit(hub, hubId));
  const folder = makeTemporaryFolder('import');
  try {
    const target = path.join(folder, path.basename(hubPath));
    const download = await downloadFile(
      hub,
      { hubId, revision, path: hubPath },
      target,
      request.onProgress ?? (() => {}),
    );
    return await takeIn(request, target, {
      entry,
      name: entry.name,
      hubId,
      revision,
      file: hubPath,
      download,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function importFile(
  request: ImportRequest,
  file: string,
  entry: CatalogueEntry | null,
): Promise<ImportReport> {
  const name = request.name ?? fileStem(file);
  const download = await fingerprintOf(file, request.signal);
  return await takeIn(request, file, {
    entry,
    name,
    hubId: null,
    revision: null,
    file: path.resolve(file),
    download,
  });
}

async function fingerprintOf(file: string, signal?: AbortSignal): Promise<Download> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(file, signal === undefined ? {} : { signal })) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

interface Origin {
  readonly entry: CatalogueEntry | null;
  readonly name: string;
  readonly hubId: string | null;
  readonly revision: string | null;
  readonly file: string;
  readonly download: Download;
}

/** Writes the rows as JSON lines with all their columns, reads them back as problems, and records the source. */
async function takeIn(request: ImportRequest, file: string, origin: Origin): Promise<ImportReport> {
  const { entry, name } = origin;
  const dir = entry?.terms === undefined ? request.dir : path.join(request.dir, 'private');
  const target = path.join(dir, `${name}.jsonl`);
  await onDisk(dir, () => mkdir(dir, { recursive: true }));
  // What must not be published is kept out of repositories.
  if (entry?.terms !== undefined) await onDisk(dir, () => writeFile(path.join(dir, '.gitignore'), '*\n'));
  const partial = path.join(dir, `${name}.partial.jsonl`);
  const sourceFile = path.join(dir, `${name}.source.json`);
  try {
    const copied = await copyRows(file, partial, entry, request.signal);
    // A file that holds no problem replaces nothing.
    const { problems, modes, faults } = await countProblems(partial, target, request.signal);
    await requireReplaceable(target, partial, sourceFile);
    await rename(partial, target);
    const source = describe(origin, copied);
    await onDisk(dir, () => writeFile(sourceFile, `${JSON.stringify(source, null, 2)}\n`));
    return { file: target, source, problems, modes, faults: [...copied.faults, ...faults] };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** A set of somebody's own is not written over: only what was imported, or is the same. */
async function requireReplaceable(target: string, partial: string, sourceFile: string): Promise<void> {
  const isThere = (file: string) =>
    stat(file).then(
      () => true,
      () => false,
    );
  if (!(await isThere(target)) || (await isThere(sourceFile))) return;
  const [before, after] = [await fingerprintOf(target), await fingerprintOf(partial)];
  if (before.sha256 === after.sha256) return;
  throw new UserError('file-exists', 'There is a file of this name that was not imported.', {
    place: { file: target },
    remedy: 'Choose another --name, or move the file away.',
  });
}

/** Reads the rows as problems without holding them; faults name the file that it will be. Throws when none is one. */
async function countProblems(
  file: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<Pick<ImportReport, 'problems' | 'modes' | 'faults'>> {
  const modes: Record<string, number> = {};
  const faults = createFaults();
  let problems = 0;
  for await (const item of scanProblems(file, signal)) {
    if ('fault' in item) faults.add({ ...item.fault, file: target });
    else {
      problems++;
      modes[item.problem.mode] = (modes[item.problem.mode] ?? 0) + 1;
    }
  }
  if (problems === 0) throw noUsableRow(target, faults.list());
  return { problems, modes, faults: faults.list() };
}

/** Faults that are kept; the last row of a longer list says how many more there were. */
const MAX_FAULTS = 1000;

function createFaults() {
  const kept: ProblemFault[] = [];
  let more = 0;
  return {
    add(fault: ProblemFault) {
      if (kept.length < MAX_FAULTS) kept.push(fault);
      else more++;
    },
    list(): ProblemFault[] {
      const [last] = kept.slice(-1);
      if (last === undefined || more === 0) return kept;
      const message = `and ${more} more faults`;
      return [...kept, { ...last, line: null, field: null, message, remedy: 'Run: reflection lint.' }];
    },
  };
}

interface CopiedRows {
  readonly rows: number;
  readonly kept: number;
  readonly columns: readonly string[];
  readonly faults: readonly ProblemFault[];
}

const TOO_DEEP = {
  message: `lists or objects are nested more than ${MAX_NESTING} deep`,
  remedy: 'Flatten the row: a problem is a statement, an answer, and a list of options.',
};

async function copyRows(
  file: string,
  target: string,
  entry: CatalogueEntry | null,
  signal?: AbortSignal,
): Promise<CopiedRows> {
  const format = formatOfFile(file);
  if (format === null || format === 'markdown') {
    throw new UserError('problem-format', 'the name tells no format that can be imported', {
      place: { file },
      remedy: 'Name it .jsonl, .json, .csv or .parquet.',
    });
  }
  const stream = createWriteStream(target);
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  const columns = new Set<string>();
  const faults = createFaults();
  let rows = 0;
  let kept = 0;
  for await (const row of readRows(file, format, signal)) {
    if ('message' in row || nestsDeeper(row.values)) {
      faults.add({
        file,
        line: row.line,
        field: null,
        severity: 'error',
        ...('message' in row ? { message: row.message, remedy: row.remedy } : TOO_DEEP),
      });
      continue;
    }
    rows++;
    for (const column of Object.keys(row.values)) columns.add(column);
    const { keep } = entry ?? {};
    if (keep !== undefined && !keep.values.includes(String(row.values[keep.column]))) continue;
    kept++;
    if (!stream.write(`${JSON.stringify(row.values)}\n`)) await Promise.race([once(stream, 'drain'), failed]);
  }
  stream.end();
  await Promise.race([once(stream, 'close'), failed]);
  if (kept === 0) {
    throw new UserError('problem-set-empty', 'the file holds no row that can be imported', {
      place: { file },
      remedy: faults.list()[0]?.remedy ?? 'Check that it is the right file.',
    });
  }
  return { rows, kept, columns: [...columns], faults: faults.list() };
}

function describe({ entry, name, hubId, revision, file, download }: Origin, copied: CopiedRows): SetSource {
  return {
    name,
    title: entry?.title ?? name,
    hubId,
    revision,
    file,
    sha256: download.sha256,
    bytes: download.bytes,
    rows: copied.rows,
    rowsKept: copied.kept,
    columns: copied.columns,
    licence: entry?.licence ?? null,
    terms: entry?.terms ?? null,
    notes: entry?.notes ?? [],
    differences: entry === null ? [] : differencesFrom(entry, copied, download),
    importedAt: new Date().toISOString(),
  };
}

function differencesFrom(entry: CatalogueEntry, copied: CopiedRows, download: Download): string[] {
  const found: string[] = [];
  if (entry.rows !== null && copied.rows !== entry.rows) {
    found.push(`${copied.rows} rows, expected ${entry.rows}`);
  }
  const missing = entry.columns.filter((column) => !copied.columns.includes(column));
  if (missing.length > 0)
    found.push(`no column ${missing.join(', ')}; there are ${copied.columns.join(', ')}`);
  if (entry.sha256 !== undefined && !download.sha256.startsWith(entry.sha256)) {
    found.push(`SHA-256 begins with ${download.sha256.slice(0, 16)}, expected ${entry.sha256}`);
  }
  return found;
}
