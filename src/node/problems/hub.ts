/** Fetching one file of a data set from the Hugging Face hub, or from a mirror that speaks like it. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pRetry, { AbortError } from 'p-retry';
import { z } from 'zod';
import { messageOf, UserError } from '../../core/errors.ts';

export interface Hub {
  /** Such as https://huggingface.co, without a slash at the end. */
  readonly endpoint: string;
  /** Sent to the endpoint only: `fetch` drops it when a redirect leads elsewhere. */
  readonly token: string | null;
  readonly signal?: AbortSignal;
}

export interface HubFile {
  readonly hubId: string;
  readonly revision: string;
  readonly path: string;
}

export interface Download {
  readonly sha256: string;
  readonly bytes: number;
}

/** The environment decides as for the hub's own tools: HF_ENDPOINT and HF_TOKEN. */
export function hubFromEnvironment(environment: NodeJS.ProcessEnv = process.env): Omit<Hub, 'signal'> {
  const endpoint = environment.HF_ENDPOINT?.trim() || 'https://huggingface.co';
  return { endpoint: endpoint.replace(/\/+$/, ''), token: environment.HF_TOKEN?.trim() || null };
}

export function fileUrl(hub: Hub, { hubId, revision, path }: HubFile): string {
  const parts = path.split('/').map(encodeURIComponent).join('/');
  return `${hub.endpoint}/datasets/${hubId}/resolve/${revision}/${parts}`;
}

/** The newest commit of a data set. */
export async function newestCommit(hub: Hub, hubId: string): Promise<string> {
  const response = await ask(hub, `${hub.endpoint}/api/datasets/${hubId}`, hubId);
  const parsed = z.looseObject({ sha: z.string().min(7) }).safeParse(await response.json());
  if (parsed.success) return parsed.data.sha;
  throw new UserError('hub-answer', `${hub.endpoint} did not name the commit of ${hubId}`, {
    remedy: 'Check HF_ENDPOINT, or download the file by hand and import it with: reflection import FILE.',
  });
}

/** Writes the file to disk whole or not at all, and checks it against the hash that the hub names. */
export async function downloadFile(
  hub: Hub,
  file: HubFile,
  target: string,
  onProgress: (bytes: number, total: number | null) => void,
): Promise<Download> {
  const partial = `${target}.partial`;
  try {
    const response = await ask(hub, fileUrl(hub, file), file.hubId);
    const hash = createHash('sha256');
    const expected = expectations(response);
    let bytes = 0;
    const count = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const piece of source) {
        hash.update(piece);
        bytes += piece.length;
        onProgress(bytes, expected.bytes);
        yield piece;
      }
    };
    if (response.body === null) throw new Error('the answer is empty');
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(partial), {
      ...(hub.signal === undefined ? {} : { signal: hub.signal }),
    });
    const sha256 = hash.digest('hex');
    if (
      (expected.sha256 !== null && expected.sha256 !== sha256) ||
      (expected.bytes !== null && expected.bytes !== bytes)
    ) {
      throw new UserError(
        'hub-file-damaged',
        `${file.path} arrived damaged: ${bytes} bytes, SHA-256 ${sha256.slice(0, 16)}`,
        {
          remedy: 'Fetch it again; if that fails, another mirror may help (HF_ENDPOINT).',
        },
      );
    }
    await rename(partial, target);
    return { sha256, bytes };
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof UserError || hub.signal?.aborted) throw error;
    throw unreachable(hub, error);
  }
}

/** SHA-256 and size as the hub states them: for large files as linked, else only the length. */
function expectations(response: Response): { sha256: string | null; bytes: number | null } {
  const tag = (response.headers.get('x-linked-etag') ?? '').replace(/^W\/|"/g, '');
  // A compressed answer is counted after unpacking.
  const plain = response.headers.get('content-encoding') === null;
  const length =
    response.headers.get('x-linked-size') ?? (plain ? response.headers.get('content-length') : null);
  return {
    sha256: /^[0-9a-f]{64}$/.test(tag) ? tag : null,
    bytes: length === null || !/^\d+$/.test(length) ? null : Number(length),
  };
}

const ATTEMPTS = 4;

/** One request, again after a pause where the hub is busy; an answer that says no becomes a `UserError`. */
async function ask(hub: Hub, url: string, hubId: string): Promise<Response> {
  return await pRetry(
    async () => {
      const response = await request(hub, url);
      if (response.ok) return response;
      await response.body?.cancel();
      if (response.status === 429 || response.status >= 500) {
        await pause(waitOf(response), hub.signal);
        throw new Error(`status ${response.status}`);
      }
      throw new AbortError(refusal(hub, hubId, response));
    },
    { retries: ATTEMPTS - 1, minTimeout: 200, ...(hub.signal === undefined ? {} : { signal: hub.signal }) },
  ).catch((error: unknown) => {
    if (error instanceof UserError || hub.signal?.aborted) throw error;
    throw unreachable(hub, error);
  });
}

async function request(hub: Hub, url: string): Promise<Response> {
  const headers: Record<string, string> = { 'user-agent': 'reflection-workbench' };
  if (hub.token !== null) headers.authorization = `Bearer ${hub.token}`;
  return await fetch(url, { headers, ...(hub.signal === undefined ? {} : { signal: hub.signal }) });
}

const MAX_WAIT_S = 300;

/** Seconds until the hub answers again: `RateLimit: ...;t=<seconds>`, or Retry-After. */
function waitOf(response: Response): number {
  const limit = /;\s*t=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1];
  const seconds = Number(limit ?? response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) ? Math.min(seconds, MAX_WAIT_S) : 0;
}

async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  if (seconds <= 0) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

function refusal(hub: Hub, hubId: string, response: Response): UserError {
  const page = `https://huggingface.co/datasets/${hubId}`;
  const code = response.headers.get('x-error-code') ?? '';
  if (response.status === 401 && hub.token === null) {
    return new UserError('hub-gated', `${hubId} is only for accounts that have accepted its terms`, {
      remedy: `Accept them on ${page}, then give a token: HF_TOKEN=hf_... in the environment.`,
    });
  }
  if (response.status === 401) {
    return new UserError('hub-token', 'the hub does not know the token', {
      remedy:
        'Make a new one with read access on https://huggingface.co/settings/tokens, and set HF_TOKEN to it.',
    });
  }
  if (response.status === 403) {
    return new UserError('hub-not-granted', `the account of the token has no access to ${hubId}`, {
      remedy: `Ask for access on ${page}; a fine-grained token must also allow gated repositories.`,
    });
  }
  if (response.status === 404) {
    const what =
      code === 'EntryNotFound'
        ? `the file is not in ${hubId} at that commit`
        : `${hubId} or its commit is not there`;
    return new UserError('hub-missing', what, {
      remedy: `Look at ${page}/tree/main; a file that you have can be imported with: reflection import FILE --name NAME.`,
    });
  }
  return new UserError('hub-refused', `the hub answers ${response.status} ${code}`.trim(), {
    remedy: 'Try again later, or download the file by hand and import it with: reflection import FILE.',
  });
}

function unreachable(hub: Hub, error: unknown): UserError {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return new UserError('hub-unreachable', `cannot fetch from ${hub.endpoint}: ${messageOf(error)}${cause}`, {
    remedy:
      'Check the network; behind a proxy set NODE_USE_ENV_PROXY=1 and HTTPS_PROXY, for a mirror HF_ENDPOINT. Without network: reflection import FILE.',
    cause: error,
  });
}
