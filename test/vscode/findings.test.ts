import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors, diagnosticsOf, openFolder } from './extensionUnderTest.ts';
import { freshRun, open, writePair } from './findingRuns.ts';
import { critique, solution, writeRun } from './runFixtures.ts';

const { Warning, Hint, Information } = vscode.DiagnosticSeverity;

describe('findings', () => {
  before(activate);
  afterEach(closeEditors);

  it('are diagnostics on the step, from critiques in another run', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.ok(diagnostic);
    assert.equal(document.getText(diagnostic.range), 'Step 2: 111+37=158.');
    assert.equal(diagnostic.message, 'Check 2: 111+37=148, the solution has 158. Wrong.');
    assert.equal(diagnostic.source, 'reflection');
    assert.equal(diagnostic.severity, Warning);
    assert.ok(typeof diagnostic.code === 'object' && diagnostic.code.value === 'wrong-step');
  });

  it('lead to the sentence of the critique', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    const related = diagnostic?.relatedInformation?.[0];
    assert.ok(related);
    const whole = await vscode.workspace.openTextDocument(related.location.uri);
    assert.equal(whole.getText(related.location.range), 'Check 2: 111+37=148, the solution has 158. Wrong.');
  });

  it('lead to the earlier line that the critique calls on, then to the critique', async () => {
    const wrong = solution('tank', 0);
    const made = critique(wrong, 0);
    const message = 'Step 1 has 111, and 111+37=148: the solution has 158. Wrong.';
    const findings = made.findings.map((finding) =>
      finding.kind === 'wrong-step' ? { ...finding, message } : finding,
    );
    const id = freshRun('critique');
    const critiques = [{ ...made, findings, text: `${message}\n\\boxed{148}` }];
    writeRun(openFolder().uri.fsPath, { kind: 'critique', id, solutions: [wrong], critiques });
    const uri = await open(id, wrong.id);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    const document = await vscode.workspace.openTextDocument(uri);
    const [earlier, said] = diagnostic?.relatedInformation ?? [];
    assert.equal(earlier?.location.uri.toString(), uri.toString());
    assert.equal(document.getText(earlier?.location.range), 'Step 1: 37*3=111.');
    assert.equal(earlier?.message, 'earlier: Step 1: 37*3=111.');
    assert.equal(said?.message, message);
    assert.ok(said?.location.uri.path.endsWith('.critique'));
  });

  it('are hints when no critique reached the gold answer', async () => {
    const { run, sample } = writePair(['incorrect']);
    const uri = await open(run, sample);
    const found = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.deepEqual(
      found.map(({ severity }) => severity),
      [Hint],
    );
  });

  it('count the critiques that agree', async () => {
    const { run, sample } = writePair(['correct', 'incorrect', 'incorrect']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.match(diagnostic?.message ?? '', /^3 of 3 critiques: /);
  });

  it('that confirm a step are shown when asked for', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    await diagnosticsOf(uri, ({ length }) => length === 1, 'the wrong step');
    const settings = vscode.workspace.getConfiguration('reflection.findings');
    await settings.update('confirmed', true, vscode.ConfigurationTarget.Global);
    const both = await diagnosticsOf(uri, ({ length }) => length === 2, 'both steps');
    assert.equal(both[0]?.severity, Information);
    await settings.update('confirmed', undefined, vscode.ConfigurationTarget.Global);
    await diagnosticsOf(uri, ({ length }) => length === 1, 'the wrong step alone again');
  });

  it('appear when a critique is written while the transcript is open', async () => {
    const folder = openFolder().uri.fsPath;
    const run = freshRun('evaluate');
    const wrong = solution('tank', 0);
    writeRun(folder, { kind: 'evaluate', id: run, solutions: [wrong] });
    const uri = await open(run, wrong.id);
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
    writeRun(folder, {
      kind: 'critique',
      id: freshRun('late'),
      critiques: [critique(wrong, 0)],
      parents: [{ kind: 'run', id: run, role: 'solutions' }],
    });
    await diagnosticsOf(uri, ({ length }) => length === 1, 'the new finding');
  });
});

describe('what a critic wrote', () => {
  before(activate);
  afterEach(closeEditors);

  it('is one line that can be read in the Problems view, however long and whatever is in it', async () => {
    const wrong = solution('tank', 0);
    const made = critique(wrong, 0);
    const message = `\u202ewrong\u202c \u001b[31mred\u001b[0m [x](command:y) ${'9'.repeat(5_000_000)}`;
    const findings = made.findings.slice(1).map((finding) => ({ ...finding, message }));
    const id = freshRun('critique');
    const critiques = [{ ...made, findings, text: message }];
    writeRun(openFolder().uri.fsPath, { kind: 'critique', id, solutions: [wrong], critiques });
    const uri = await open(id, wrong.id);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    const shown = [diagnostic?.message ?? '', diagnostic?.relatedInformation?.[0]?.message ?? ''];
    for (const text of shown) {
      assert.ok(text.startsWith('⟦U+202E⟧wrong⟦U+202C⟧ ⟦U+001B⟧[31mred'), text.slice(0, 50));
      assert.ok(text.length < 1100);
    }
  });
});

describe('more findings than an editor shows', () => {
  before(activate);
  afterEach(closeEditors);

  it('are counted in one more diagnostic', async () => {
    const lines = Array.from({ length: 1200 }, (_, at) => `Step ${at + 1}: ${at}+1=${at + 3}.`);
    const wrong = solution('tank', 0, 'incorrect', lines.join('\n'));
    let start = 0;
    const findings = lines.map((line, at) => {
      const span: [number, number] = [start, start + line.length];
      start += line.length + 1;
      const message = `Check ${at + 1}: ${at}+1=${at + 1}. Wrong.`;
      return { span, kind: 'wrong-step' as const, message, confidence: 0.9, anchor: 'step' as const };
    });
    const id = freshRun('many');
    const made = { ...critique(wrong, 0), findings, text: findings.map(({ message }) => message).join('\n') };
    writeRun(openFolder().uri.fsPath, { kind: 'critique', id, solutions: [wrong], critiques: [made] });
    const uri = await open(id, wrong.id);
    const found = await diagnosticsOf(uri, ({ length }) => length > 900, 'many diagnostics');
    // VS Code would drop what is beyond a thousand, and this line first.
    assert.equal(found.length, 1000);
    const more = found.find(({ code }) => code === 'more');
    assert.match(more?.message ?? '', /^201 more findings are not shown/);
  });
});
