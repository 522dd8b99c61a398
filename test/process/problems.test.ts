import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { readProblemSet } from '../../src/node/problems/readProblems.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/problems');
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'problems-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const full = path.join(dir, name);
  writeFileSync(full, content);
  return full;
}

function folder(name: string): string {
  mkdirSync(path.join(dir, name));
  return path.join(dir, name);
}

async function failure(name: string): Promise<UserError> {
  const error: unknown = await readProblemSet(name).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${String(error)}`);
  return error;
}

const GOOD = '{"problem": "One?", "answer": "1"}\n';

describe('files that cannot be read', () => {
  it.each([
    ['missing', () => path.join(dir, 'missing.jsonl'), 'problem-file-unreadable'],
    ['a folder', () => folder('folder.jsonl'), 'problem-file-unreadable'],
    ['of no known format', () => file('set.docx', GOOD), 'problem-format'],
    ['empty', () => file('empty.jsonl', ''), 'problem-set-empty'],
    ['without a usable row', () => file('bad.jsonl', 'oops\n{"answer": 1}\n'), 'problem-set-empty'],
    ['UTF-16', () => file('utf16.jsonl', Buffer.from(`\uFEFF${GOOD}`, 'utf16le')), 'problem-file-encoding'],
    [
      'a JSON array in Latin-1',
      () => file('latin1.json', Buffer.from('[{"problem": "é?", "answer": 1}]', 'latin1')),
      'problem-file-encoding',
    ],
    [
      'a Parquet file that was cut off',
      () => file('cut.parquet', 'PAR1 and nothing'),
      'problem-file-unreadable',
    ],
  ])('are refused with a remedy: %s', async (_, make, code) => {
    const name = make();
    const error = await failure(name);
    expect(error.code).toBe(code);
    expect(error.place.file).toBe(name);
    expect(error.remedy).not.toBe('');
  });

  it('names line and field of the first row when none can be used', async () => {
    expect((await failure(file('nothing.jsonl', '\n{"answer": 1}\n'))).place).toMatchObject({
      line: 2,
      field: 'problem',
    });
  });

  it('stops when told to', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(readProblemSet(file('stop.jsonl', GOOD), stop)).rejects.toThrow('enough');
  });
});

describe('files that are read in part', () => {
  it('keeps the rows around bytes that are not UTF-8', async () => {
    const bad = Buffer.concat([
      Buffer.from(GOOD),
      Buffer.from('{"problem": "\xff?"}\n', 'latin1'),
      Buffer.from(GOOD),
    ]);
    const { problems, faults } = await readProblemSet(file('bytes.jsonl', bad));
    expect(problems).toHaveLength(2);
    expect(faults).toMatchObject([{ line: 2, severity: 'error', message: 'the line is not UTF-8 text' }]);
  });

  it('reads a byte order mark, CRLF and a last line without end', async () => {
    const { problems, faults } = await readProblemSet(
      file('crlf.jsonl', `\uFEFF${GOOD.trim()}\r\n\r\n${GOOD.trim()}`),
    );
    expect(problems).toHaveLength(2);
    expect(faults).toEqual([]);
  });

  it('reads characters that lie across two pieces of a file', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => ({
      problem: `${'é'.repeat(i % 97)}€𝔸 ${i}`,
      answer: i,
    }));
    for (const [name, text] of [
      ['wide.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')],
      ['wide.json', JSON.stringify(rows)],
      [
        'wide.csv',
        `problem,answer\n${rows.map(({ problem, answer }) => `"${problem}",${answer}`).join('\n')}`,
      ],
    ] as const) {
      const { problems, faults } = await readProblemSet(file(name, text));
      expect(faults).toEqual([]);
      expect(problems.map(({ problem }) => problem)).toEqual(rows.map(({ problem }) => problem));
    }
  });

  it('reads the rows before a quote that is never closed', async () => {
    const text = 'problem,answer\nOne?,1\nTwo?,2\n"Three?,3\nFour?,4\n';
    const { problems, faults } = await readProblemSet(file('quote.csv', text));
    expect(problems.map(({ answer }) => answer)).toEqual(['1', '2']);
    expect(faults).toMatchObject([{ severity: 'error', message: expect.stringContaining('not CSV') }]);
  });

  it('is the same set under another name', async () => {
    const [a, b] = [
      await readProblemSet(file('a.jsonl', GOOD.replace('{', '{"id": "x", '))),
      await readProblemSet(file('b.json', `[${GOOD.replace('{', '{"id": "x", ')}]`)),
    ];
    expect(a.identity).toMatchObject({ name: 'a', count: 1 });
    expect(b.identity.sha256).toBe(a.identity.sha256);
  });
});

describe('Parquet', () => {
  it('reads integers of 64 bits, compressed by Snappy', async () => {
    const { problems } = await readProblemSet(path.join(fixtures, 'aime-int64.snappy.parquet'));
    expect(problems.map(({ id, answer, mode }) => [id, answer, mode])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [String(n), String(101 * n), 'aime']),
    );
  });

  it('reads lists, compressed by zstd, and trims options', async () => {
    const { problems } = await readProblemSet(path.join(fixtures, 'choice.zstd.parquet'));
    expect(problems).toMatchObject([
      { id: '70', mode: 'choice', answer: 'B', options: ['3', '4', '5'] },
      { id: '71', mode: 'choice', answer: 'C', options: ['4', '6', '7', '8'] },
    ]);
  });
});

describe('large files', () => {
  /** Writes so many megabytes; a piece at a time, so that this test stays small itself. */
  async function write(
    name: string,
    start: string,
    megabytes: number,
    piece: string,
    end: string,
  ): Promise<string> {
    const full = path.join(dir, name);
    const stream = createWriteStream(full);
    stream.write(start);
    const block = piece.repeat(Math.ceil(1e6 / piece.length));
    for (let i = 0; i < megabytes; i++) if (!stream.write(block)) await once(stream, 'drain');
    stream.end(end);
    await once(stream, 'close');
    return full;
  }

  /** Scans in a child with a small heap; answers with the count of problems and the faults. */
  function scan(name: string): { problems: number; faults: { line: number; message: string }[] } {
    const reader = path.resolve(import.meta.dirname, '../../src/node/problems/readProblems.ts');
    const script = `
      const { scanProblems } = await import(${JSON.stringify(reader)});
      let problems = 0; const faults = [];
      for await (const item of scanProblems(process.argv[1])) item.fault ? faults.push(item.fault) : problems++;
      console.log(JSON.stringify({ problems, faults }));`;
    const args = ['--max-old-space-size=96', '--input-type=module', '-e', script, name];
    const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (child.status !== 0) throw new Error(child.stderr);
    const result: { problems: number; faults: { line: number; message: string }[] } = JSON.parse(
      child.stdout,
    );
    return result;
  }

  it('reports a line of 200 MB, and reads the others', async () => {
    const name = await write('long.jsonl', `${GOOD}{"problem": "`, 200, 'x', `"}\n${GOOD}`);
    expect(scan(name)).toMatchObject({
      problems: 2,
      faults: [{ line: 2, message: 'the line is 200 MB long' }],
    });
  });

  it('reports an element of 200 MB, and reads the others', async () => {
    const name = await write('long.json', `[${GOOD},{"problem": "`, 200, 'x', `"},\n${GOOD}]`);
    const { problems, faults } = scan(name);
    expect(problems).toBe(2);
    expect(faults).toMatchObject([{ line: 2, message: expect.stringContaining('longer than') }]);
  });

  it('reads 300 MB in a heap of 96 MB', async () => {
    const row = `${JSON.stringify({ problem: `Long? ${'y'.repeat(20_000)}`, answer: '1' })}\n`;
    expect(scan(await write('large.jsonl', '', 300, row, ''))).toEqual({
      problems: 300 * Math.ceil(1e6 / row.length),
      faults: [],
    });
  });
});
