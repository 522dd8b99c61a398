import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { findInCatalogue } from '../../src/core/problems/catalogue.ts';
import { type ImportQuestion, type ImportRequest, importSet } from '../../src/node/problems/importSet.ts';
import { readProblemSet } from '../../src/node/problems/readProblems.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/problems');

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let other: Server;
let endpoint = '';
let otherOrigin = '';
let handler: Handler = () => {};
let onOther: Handler = () => {};
let dir = '';
let asked: IncomingMessage[] = [];

function origin(listening: Server): string {
  const { port } = listening.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    handler(request, response);
  });
  other = createServer((request, response) => {
    asked.push(request);
    onOther(request, response);
  });
  for (const each of [server, other])
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  endpoint = origin(server);
  otherOrigin = origin(other);
});
afterAll(() => {
  server.close();
  other.close();
});
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'import-'));
  asked = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function serve(body: string | Buffer, headers: Record<string, string> = {}): Handler {
  return (_, response) => response.writeHead(200, headers).end(body);
}

function refuse(status: number, headers: Record<string, string> = {}): Handler {
  return (_, response) => response.writeHead(status, headers).end('{"error": "..."}');
}

function request(source: string, change: Partial<ImportRequest> = {}): ImportRequest {
  return { source, dir, confirm: () => Promise.resolve(true), hub: { endpoint, token: null }, ...change };
}

async function failure(source: string, change: Partial<ImportRequest> = {}): Promise<UserError> {
  const error: unknown = await importSet(request(source, change)).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${String(error)}`);
  return error;
}

/** Five rows of the form of math500. */
const MATH = Array.from({ length: 5 }, (_, i) =>
  JSON.stringify({
    problem: `What is ${i} + ${i}?`,
    solution: `\\boxed{${2 * i}}`,
    answer: String(2 * i),
    subject: 'Algebra',
    level: 1,
    unique_id: `test/${i}.json`,
  }),
).join('\n');

describe('import from the hub', () => {
  it('asks first, with the licence, and fetches nothing without consent', async () => {
    const questions: ImportQuestion[] = [];
    const confirm = (question: ImportQuestion) => {
      questions.push(question);
      return Promise.resolve(false);
    };
    expect(await importSet(request('gpqa-diamond', { confirm }))).toBeNull();
    expect(questions).toMatchObject([
      { gated: true, licence: 'CC BY 4.0', terms: expect.stringContaining('not to reveal') },
    ]);
    expect(asked).toEqual([]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('fetches the pinned commit, checks it, and says what differs', async () => {
    const sha256 = createHash('sha256').update(MATH).digest('hex');
    handler = serve(MATH, { 'x-linked-etag': `"${sha256}"`, 'x-linked-size': String(MATH.length) });
    const progress: number[] = [];
    const report = await importSet(request('math500', { onProgress: (bytes) => progress.push(bytes) }));
    const revision = findInCatalogue('math500')?.revision;
    expect(asked.map(({ url }) => url)).toEqual([
      `/datasets/HuggingFaceH4/MATH-500/resolve/${revision}/test.jsonl`,
    ]);
    expect(progress.at(-1)).toBe(MATH.length);
    expect(report).toMatchObject({ problems: 5, modes: { math: 5 }, faults: [] });
    expect(report?.source).toMatchObject({
      sha256,
      rows: 5,
      revision,
      licence: expect.stringContaining('MIT'),
    });
    expect(report?.source.differences).toEqual([
      '5 rows, expected 500',
      `SHA-256 begins with ${sha256.slice(0, 16)}, expected 35dc41080a368085`,
    ]);
    expect(JSON.parse(readFileSync(path.join(dir, 'math500.source.json'), 'utf8'))).toEqual(report?.source);
    const { problems } = await readProblemSet(path.join(dir, 'math500.jsonl'));
    expect(problems[3]).toMatchObject({ id: 'test/3.json', answer: '6', level: 1 });
  });

  it('resolves the newest commit of a set that is not pinned, and records it', async () => {
    handler = (message, response) =>
      message.url?.startsWith('/api/')
        ? response.writeHead(200).end('{"sha": "0123456789abcdef"}')
        : response.writeHead(200).end('{"question": "What is 1 + 1?", "answer": "2"}');
    const report = await importSet(request('gaokao2023en'));
    expect(asked.map(({ url }) => url)).toEqual([
      '/api/datasets/MARIO-Math-Reasoning/Gaokao2023-Math-En',
      '/datasets/MARIO-Math-Reasoning/Gaokao2023-Math-En/resolve/0123456789abcdef/Gaokao2023-Math-En.jsonl',
    ]);
    expect(report?.source.revision).toBe('0123456789abcdef');
  });

  it('reads Parquet with integers of 64 bits, and names missing columns', async () => {
    handler = serve(readFileSync(path.join(fixtures, 'aime-int64.snappy.parquet')));
    const report = await importSet(request('aime24'));
    expect(report).toMatchObject({ problems: 5, modes: { aime: 5 } });
    expect(report?.source.differences).toContain('no column id; there are problem_idx, problem, answer');
  });

  it('keeps the rows of the wanted categories only', async () => {
    handler = serve(readFileSync(path.join(fixtures, 'choice.zstd.parquet')));
    const report = await importSet(request('mmlu-pro-stem'));
    expect(report).toMatchObject({ problems: 1, source: { rows: 2, rowsKept: 1 } });
  });

  it('keeps GPQA out of repositories, with its canary, and shuffles its options by seed', async () => {
    const cells = ['"Which, of\nthese?"', 'right', 'a', 'b', 'c', 'rec1', 'canary-1'];
    const columns = [
      'Question',
      'Correct Answer',
      'Incorrect Answer 1',
      'Incorrect Answer 2',
      'Incorrect Answer 3',
      'Record ID',
      'Canary String',
    ];
    handler = serve(`${columns.join(',')}\n${cells.join(',')}\n`);
    const report = await importSet(request('gpqa-diamond', { hub: { endpoint, token: 'hf_secret' } }));
    expect(report?.file).toBe(path.join(dir, 'private', 'gpqa-diamond.jsonl'));
    expect(readFileSync(path.join(dir, 'private', '.gitignore'), 'utf8')).toBe('*\n');
    expect(readFileSync(report?.file ?? '', 'utf8')).toContain('canary-1');
    const orders = new Set<string>();
    for (let shuffleSeed = 0; shuffleSeed < 20; shuffleSeed++) {
      const { problems } = await readProblemSet(report?.file ?? '', undefined, { shuffleSeed });
      expect(problems[0]).toMatchObject({ id: 'rec1', problem: 'Which, of\nthese?', mode: 'choice' });
      orders.add(problems[0]?.options?.join() ?? '');
    }
    expect(orders.size).toBeGreaterThan(5);
  });

  it('sends the token to the endpoint, and not where it redirects to', async () => {
    handler = (_, response) => response.writeHead(302, { location: `${otherOrigin}/cdn/file` }).end();
    onOther = serve(MATH);
    await importSet(request('math500', { hub: { endpoint, token: 'hf_secret' } }));
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer hf_secret', undefined]);
  });

  it('waits and asks again when the hub is busy', async () => {
    handler = (message, response) =>
      asked.length === 1
        ? refuse(429, { ratelimit: '"resolve";r=0;t=1' })(message, response)
        : asked.length === 2
          ? refuse(503)(message, response)
          : serve(MATH)(message, response);
    expect(await importSet(request('math500'))).toMatchObject({ problems: 5 });
    expect(asked).toHaveLength(3);
  });
});

describe('refusals of the hub', () => {
  it.each<[string, Handler, string | null, string, RegExp]>([
    [
      'a gated set without a token',
      refuse(401, { 'x-error-code': 'GatedRepo' }),
      null,
      'hub-gated',
      /Accept them on .*Idavidrein\/gpqa/,
    ],
    ['a token that is not known', refuse(401), 'hf_bad', 'hub-token', /new one/],
    [
      'a token without access',
      refuse(403, { 'x-error-code': 'GatedRepo' }),
      'hf_ok',
      'hub-not-granted',
      /Ask for access/,
    ],
    [
      'a file that is not there',
      refuse(404, { 'x-error-code': 'EntryNotFound' }),
      null,
      'hub-missing',
      /import FILE/,
    ],
    ['anything else', refuse(418), null, 'hub-refused', /by hand/],
  ])('explain %s', async (_, answer, token, code, remedy) => {
    handler = answer;
    const error = await failure('gpqa-diamond', { hub: { endpoint, token } });
    expect(error.code).toBe(code);
    expect(error.remedy).toMatch(remedy);
    if (token !== null) expect(error.toString()).not.toContain(token);
    expect(asked).toHaveLength(1);
  });

  it('explain an address that does not answer', async () => {
    const error = await failure('math500', { hub: { endpoint: 'http://127.0.0.1:9', token: null } });
    expect(error.code).toBe('hub-unreachable');
    expect(error.remedy).toContain('HF_ENDPOINT');
  });

  it('explain a file that arrives damaged, and leave nothing behind', async () => {
    handler = serve(MATH, { 'x-linked-etag': `"${'0'.repeat(64)}"` });
    expect((await failure('math500')).code).toBe('hub-file-damaged');
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': String(MATH.length) });
      response.write(MATH.slice(0, 50));
      setImmediate(() => response.destroy());
    };
    expect((await failure('math500')).code).toBe('hub-unreachable');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('stop a download that is cancelled', async () => {
    const stop = new AbortController();
    handler = (_, response) => {
      response.writeHead(200);
      response.write(MATH);
      stop.abort(new Error('enough'));
    };
    await expect(importSet(request('math500', { signal: stop.signal }))).rejects.toThrow();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('name the sets when there is no such name', async () => {
    const error = await failure('aime99');
    expect(error.code).toBe('set-unknown');
    for (const name of ['aime24', 'gsm8k', 'folio', 'dapo-math-17k']) expect(error.remedy).toContain(name);
  });
});

describe('import of a file', () => {
  it.each(['data.jsonl', 'data.json', 'data.csv'])('takes %s without asking', async (name) => {
    const file = path.join(dir, name);
    const rows = [{ question: 'What is one, "plus" one?', answer: '2', extra: 'kept' }];
    const content = name.endsWith('csv')
      ? 'question,answer,extra\n"What is one, ""plus"" one?",2,kept\n'
      : JSON.stringify(name.endsWith('json') ? rows : rows[0]);
    writeFileSync(file, content);
    const confirm = () => Promise.reject(new Error('must not be asked'));
    const to = path.join(dir, 'sets');
    const report = await importSet(request(file, { dir: to, confirm, name: 'mine' }));
    expect(report).toMatchObject({
      problems: 1,
      source: { name: 'mine', hubId: null, licence: null, differences: [] },
    });
    expect(JSON.parse(readFileSync(path.join(to, 'mine.jsonl'), 'utf8'))).toEqual(rows[0]);
  });

  it('checks it against the catalogue when it is given that name', async () => {
    const file = path.join(dir, 'downloaded.jsonl');
    writeFileSync(file, MATH);
    const report = await importSet(request(file, { name: 'math500' }));
    expect(report?.source).toMatchObject({
      title: 'MATH-500',
      differences: ['5 rows, expected 500', expect.any(String)],
    });
  });

  it('replaces what was imported before, and never a set of somebody', async () => {
    const file = path.join(dir, 'new.jsonl');
    const own = path.join(dir, 'sets', 'mine.jsonl');
    const change = { dir: path.join(dir, 'sets'), name: 'mine' };
    writeFileSync(file, MATH);
    await importSet(request(file, change));
    writeFileSync(file, MATH.split('\n').slice(1).join('\n'));
    expect(await importSet(request(file, change))).toMatchObject({ problems: 4 });
    rmSync(path.join(dir, 'sets', 'mine.source.json'));
    // Killed before it could say where they came from.
    expect(await importSet(request(file, change))).toMatchObject({ problems: 4 });
    rmSync(path.join(dir, 'sets', 'mine.source.json'));
    writeFileSync(own, '{"problem": "Mine?", "answer": "1"}\n');
    expect(await failure(file, change)).toMatchObject({ code: 'file-exists', place: { file: own } });
    expect(readFileSync(own, 'utf8')).toContain('Mine?');
    expect(readdirSync(path.dirname(own))).toEqual(['mine.jsonl']);
  });

  it('reports rows that it cannot read, and refuses a file without any', async () => {
    const file = path.join(dir, 'half.jsonl');
    writeFileSync(file, `oops\n${MATH}`);
    expect(await importSet(request(file, { dir: path.join(dir, 'sets') }))).toMatchObject({
      problems: 5,
      faults: [{ line: 1 }],
    });
    const deep = path.join(dir, 'deep.jsonl');
    const nested = '['.repeat(50_000) + ']'.repeat(50_000);
    writeFileSync(deep, `${MATH}\n{"problem": "How deep is it?", "answer": ${nested}}`);
    expect(await importSet(request(deep, { dir: path.join(dir, 'sets') }))).toMatchObject({
      problems: 5,
      faults: [{ line: 6, message: expect.stringContaining('nested') }],
    });
    const strange = path.join(dir, 'strange.jsonl');
    writeFileSync(strange, '{"left": "1", "right": "2"}\n');
    expect((await failure(strange, { dir: path.join(dir, 'sets') })).code).toBe('problem-set-empty');
    expect(readdirSync(path.join(dir, 'sets')).filter((name) => /strange|partial/.test(name))).toEqual([]);
    const bad = path.join(dir, 'bad.jsonl');
    writeFileSync(bad, 'oops');
    expect((await failure(bad, { dir: path.join(dir, 'none') })).code).toBe('problem-set-empty');
    expect(existsSync(path.join(dir, 'none', 'bad.jsonl'))).toBe(false);
  });
});
