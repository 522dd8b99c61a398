import { spawn, spawnSync } from 'node:child_process';
import { appendFile, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { appendReview, createRun, openRunWriter, readRun } from '../../../src/node/runs/index.ts';
import { manifest, problems, solution, temporaryDir } from './fixtures.ts';

async function newRun(): Promise<string> {
  const dir = path.join(await temporaryDir(), 'run');
  await createRun(dir, manifest('run'), problems);
  return dir;
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return thrown instanceof UserError ? thrown.code : String(thrown);
}

/** A child process that locks the run, writes one solution, and then does nothing until it is killed. */
async function writingChild(dir: string) {
  const script = `
    import { openRunWriter } from ${JSON.stringify(path.resolve('src/node/runs/index.ts'))};
    const writer = await openRunWriter(${JSON.stringify(dir)});
    await writer.append('solutions', ${JSON.stringify(solution(0))});
    process.stdout.write('locked');
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the writer ended with ${code}`)));
  });
  return child;
}

describe('a run', () => {
  it('is read back as it was written', async () => {
    const dir = await newRun();
    const writer = await openRunWriter(dir);
    await Promise.all([0, 1, 2].map((index) => writer.append('solutions', solution(index))));
    await writer.append('events', { type: 'heartbeat', t: 1 });
    await writer.close();
    const run = await readRun(dir);
    expect(run).toMatchObject({
      manifest: manifest('run'),
      problems,
      solutions: [solution(0), solution(1), solution(2)],
      events: [{ type: 'heartbeat', t: 1 }],
      faults: [],
    });
  });

  it('is not made twice', async () => {
    const dir = await newRun();
    expect(await codeOf(createRun(dir, manifest('run'), problems))).toBe('run-exists');
  });

  it('shows the newest line of a sample, and a bad line as a fault with its number', async () => {
    const dir = await newRun();
    const file = path.join(dir, 'solutions.jsonl');
    const failed = { ...solution(0), finish: 'error', error: 'the child died' };
    const lines = [failed, solution(1), { id: 'p#2' }, solution(0)].map((row) => JSON.stringify(row));
    await writeFile(file, `${lines.slice(0, 3).join('\n')}\nnot json\n${lines[3]}\n`);
    const run = await readRun(dir);
    expect(run.solutions).toEqual([solution(0), solution(1)]);
    expect(run.faults.map(({ line }) => line)).toEqual([3, 4]);
    expect(run.faults[0]?.message).toContain('field "index"');
  });

  it('names the field of a manifest that does not fit, and a format that is too new', async () => {
    const dir = await newRun();
    const file = path.join(dir, 'run.json');
    await writeFile(file, JSON.stringify({ ...manifest('run'), seed: 'x' }));
    await expect(readRun(dir)).rejects.toMatchObject({
      code: 'bad-manifest',
      place: { file, field: 'seed' },
    });
    await writeFile(file, JSON.stringify({ ...manifest('run'), schemaVersion: 99 }));
    await expect(readRun(dir)).rejects.toMatchObject({ code: 'run-too-new' });
    await rm(file);
    await expect(readRun(dir)).rejects.toMatchObject({ code: 'not-a-run' });
  });
});

describe('a torn last line', () => {
  it('is cut off or completed on opening, once, with a note; every whole line stays', async () => {
    const dir = await newRun();
    const file = path.join(dir, 'solutions.jsonl');
    const rows = [solution(0), solution(1, 'über ∑ 🤔'.repeat(50)), solution(2)];
    const whole = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: whole.length }), async (length) => {
        await writeFile(file, whole.subarray(0, length));
        await writeFile(path.join(dir, 'events.jsonl'), '');
        const before = whole.subarray(0, length).toString('latin1').split('\n').length - 1;
        await (await openRunWriter(dir)).close();
        await (await openRunWriter(dir)).close();
        const run = await readRun(dir);
        const after = run.solutions.length;
        expect(run.solutions).toEqual(rows.slice(0, after));
        expect([before, before + 1]).toContain(after);
        const isTorn = whole[length - 1] !== 0x0a;
        expect(run.events).toHaveLength(isTorn ? 1 : 0);
        if (isTorn) expect(run.events[0]).toMatchObject({ type: 'log', level: 'warning' });
        expect((await readFile(file)).at(-1) ?? 0x0a).toBe(0x0a);
      }),
      { numRuns: 40 },
    );
  });

  it('may be a block of zero bytes, as a power cut leaves it', async () => {
    const dir = await newRun();
    const file = path.join(dir, 'solutions.jsonl');
    await writeFile(file, `${JSON.stringify(solution(0))}\n`);
    await truncate(file, (await stat(file)).size + 70_000);
    await (await openRunWriter(dir)).close();
    expect((await readRun(dir)).solutions).toEqual([solution(0)]);
    expect((await readRun(dir)).faults).toEqual([]);
  });

  it('does not swallow the review that is appended after it', async () => {
    const dir = await newRun();
    const review = {
      critiqueId: 'p#0/0',
      decision: 'accept' as const,
      by: 'ada',
      at: '2026-01-01T00:00:00Z',
    };
    await appendFile(path.join(dir, 'reviews.jsonl'), '{"critiqueId":"p#');
    await appendReview(dir, review);
    expect((await readRun(dir)).reviews).toEqual([review]);
  });
});

describe('two writers', () => {
  it('are refused in one process and in two', async () => {
    const dir = await newRun();
    const writer = await openRunWriter(dir);
    expect(await codeOf(openRunWriter(dir))).toBe('run-in-use');
    await writer.close();
    const child = await writingChild(dir);
    expect(await codeOf(openRunWriter(dir))).toBe('run-in-use');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const next = await openRunWriter(dir);
    await next.append('solutions', solution(1));
    await next.close();
    expect((await readRun(dir)).solutions.map(({ id }) => id)).toEqual(['p#0', 'p#1']);
  });

  it('that find the same dead owner do not both get the run', async () => {
    const dir = await newRun();
    const child = await writingChild(dir);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => openRunWriter(dir)));
    const winners = attempts.filter((attempt) => attempt.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const winner of winners) await winner.value.close();
  });
});

describe('a disk that refuses', () => {
  it.skipIf(process.platform !== 'linux')(
    'when it is full: says so, and refuses what comes after',
    async () => {
      const dir = await newRun();
      await symlink('/dev/full', path.join(dir, 'solutions.jsonl'));
      const writer = await openRunWriter(dir);
      await expect(writer.append('solutions', solution(0))).rejects.toMatchObject({
        code: 'disk-full',
        place: { file: path.join(dir, 'solutions.jsonl') },
      });
      expect(await codeOf(writer.append('events', { type: 'heartbeat', t: 1 }))).toBe('disk-full');
      await writer.close();
    },
  );

  it.skipIf(process.platform === 'win32')(
    'in the middle of a line: takes the started line back',
    async () => {
      const dir = await newRun();
      const script = `
      import { openRunWriter } from ${JSON.stringify(path.resolve('src/node/runs/index.ts'))};
      process.on('SIGXFSZ', () => undefined);
      const writer = await openRunWriter(${JSON.stringify(dir)});
      const row = ${JSON.stringify(solution(0, 'x'.repeat(700)))};
      let made = 0;
      try {
        for (;;) { await writer.append('solutions', { ...row, id: 'p#' + made }); made += 1; }
      } catch (thrown) { process.stdout.write(made + ' ' + thrown.code); }
      await writer.close();
    `;
      // A limit on the size of files (in blocks of 1 kB or 512 bytes) cuts a write short, as a full disk does.
      const { stdout } = spawnSync(
        'bash',
        ['-c', 'ulimit -f 9; exec "$0" --input-type=module -e "$1"', process.execPath, script],
        {
          encoding: 'utf8',
        },
      );
      const [made, code] = stdout.split(' ');
      expect(code).toBe('disk-full');
      expect(Number(made)).toBeGreaterThan(3);
      const text = await readFile(path.join(dir, 'solutions.jsonl'), 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      expect((await readRun(dir)).solutions).toHaveLength(Number(made));
    },
  );

  it('because the directory was deleted: says so instead of writing into nothing', async () => {
    const dir = await newRun();
    const writer = await openRunWriter(dir);
    await writer.append('solutions', solution(0));
    await rm(dir, { recursive: true });
    expect(await codeOf(writer.append('solutions', solution(1)))).toBe('directory-gone');
    await writer.close();
  });

  it.skipIf(process.platform === 'win32')('because it is read-only: says so', async () => {
    const parent = await temporaryDir();
    const run = async () => {
      expect(await codeOf(createRun(path.join(parent, 'run'), manifest('run'), problems))).toBe(
        'not-writable',
      );
    };
    await mkdir(path.join(parent, 'x'));
    spawnSync('chmod', ['0555', parent]);
    if (process.getuid?.() !== 0) return run();
    // Root may write everywhere: try as nobody.
    spawnSync('chmod', ['0755', path.dirname(parent)]);
    process.seteuid?.(65534);
    try {
      await run();
    } finally {
      process.seteuid?.(0);
    }
  });
});
