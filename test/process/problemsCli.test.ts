/** `reflection grade | import | lint`, as a user runs them. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli, startCli, workspaceWith } from './cli/cli.ts';

const ROWS = [
  '{"gold": "1/2", "pred": "0.5"}',
  '{"gold": "25", "pred": "026", "mode": "aime"}',
  '{"gold": "3", "pred": "\\\\foo"}',
];

describe('reflection grade', () => {
  it('prints one JSON object a line, and the counts on the other stream', async () => {
    const cwd = await workspaceWith({ 'rows.jsonl': ROWS.join('\n') });
    const { code, stdout, stderr } = await runCli(['grade', 'rows.jsonl', '--json'], { cwd });
    const rows: { grade: string; reason: string; layer: string; normalised: object }[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ grade }) => grade)).toEqual(['correct', 'incorrect', 'undetermined']);
    expect(rows[0]).toMatchObject({
      gold: '1/2',
      pred: '0.5',
      reason: 'equal',
      layer: 'rational',
      normalised: { answer: '0.5' },
    });
    expect(stderr).toContain('1 correct, 1 incorrect, 1 undetermined');
    expect(code).toBe(0);
  });

  it('grades what it can, names what it cannot, and says so by its exit code', async () => {
    const cwd = await workspaceWith({ 'rows.jsonl': `${ROWS[0]}\noops\n` });
    const { code, stdout, stderr } = await runCli(['grade', 'rows.jsonl'], { cwd });
    expect(stdout).toContain('correct');
    expect(stderr).toContain('rows.jsonl:2');
    expect(code).toBe(3);
  });

  it('refuses unknown policies and missing files', async () => {
    const cwd = await workspaceWith({ 'rows.jsonl': ROWS.join('\n') });
    expect(await runCli(['grade', 'rows.jsonl', '--policy', 'none'], { cwd })).toMatchObject({ code: 2 });
    const { code, stderr } = await runCli(['grade', 'missing.jsonl'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('missing.jsonl');
  });

  it('stops in silence when its reader has seen enough', async () => {
    const cwd = await workspaceWith({ 'rows.jsonl': `${ROWS[0]}\n`.repeat(20_000) });
    const { child, ended } = startCli(['grade', 'rows.jsonl', '--json'], { cwd });
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect(stderr).not.toContain('fault in the workbench');
    expect(code).toBe(0);
  });
});

describe('reflection lint', () => {
  it('prints file, line, rule and remedy, compares sets, and fails on errors', async () => {
    const problem = { problem: 'What is the sum of the first ten numbers?', answer: '55' };
    const cwd = await workspaceWith({
      'a.jsonl': JSON.stringify(problem),
      'b.jsonl': `${JSON.stringify(problem)}\noops\n`,
    });
    const { code, stdout } = await runCli(['lint', 'a.jsonl', 'b.jsonl'], { cwd });
    expect(stdout).toMatch(/^b\.jsonl:1: error exact-duplicate: the same statement as a\.jsonl:1 /m);
    expect(stdout).toMatch(/^b\.jsonl:2: error unreadable-row: not JSON/m);
    expect(code).toBe(1);
    expect(await runCli(['lint', 'a.jsonl'], { cwd })).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('reflection import', () => {
  it('fetches nothing without consent, and tells the licence', async () => {
    const cwd = await workspaceWith({});
    const { code, stderr } = await runCli(['import', 'math500'], {
      cwd,
      env: { HF_ENDPOINT: 'http://127.0.0.1:9' },
    });
    expect(stderr).toContain('licence: MIT');
    expect(stderr).toContain('--yes');
    expect(code).toBe(1);
  });

  it('fetches from HF_ENDPOINT with consent, into the workspace', async () => {
    const server = createServer((_, response) =>
      response.end('{"problem": "What is 1 + 1?", "answer": "2", "unique_id": "one"}\n'),
    ).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const cwd = await workspaceWith({ 'reflection.json': '{}' });
    const env = { HF_ENDPOINT: `http://127.0.0.1:${port}/` };
    const { code, stdout, stderr } = await runCli(['import', 'math500', '--yes', '--json'], { cwd, env });
    expect(stderr).toContain('1 rows, expected 500');
    expect(JSON.parse(stdout)).toMatchObject({ problems: 1, source: { name: 'math500' } });
    expect(code).toBe(0);
    expect(readFileSync(path.join(cwd, 'problems', 'math500.jsonl'), 'utf8')).toContain('"one"');
    expect(existsSync(path.join(cwd, 'problems', 'math500.source.json'))).toBe(true);
  });

  it('lists the sets when none is named', async () => {
    const { stdout, code } = await runCli(['import', '--json'], { cwd: await workspaceWith({}) });
    const list: { name: string }[] = JSON.parse(stdout);
    expect(list.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['aime25', 'gpqa-diamond', 'mmlu-pro-stem']),
    );
    expect(code).toBe(0);
  });
});
