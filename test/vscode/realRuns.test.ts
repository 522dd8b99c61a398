import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { z } from 'zod';
import { critiqueSchema, solutionSchema } from '../../src/core/schema/lines.ts';
import { runManifestSchema } from '../../src/core/schema/run.ts';
import { activate, closeEditors, diagnosticsOf, openFolder } from './extensionUnderTest.ts';
import { apply, quickFixes } from './findingRuns.ts';

const MINUTE = 60_000;
const runNameSchema = z.object({ folder: z.string(), id: z.string() });

/** Runs a command that returns the run it made, and gives the run's directory. */
async function made(command: string, target: object): Promise<string> {
  const run = runNameSchema.parse(await vscode.commands.executeCommand(command, target));
  return path.join(openFolder().uri.fsPath, '.reflection', 'runs', run.id);
}

function lines<T>(dir: string, file: string, schema: z.ZodType<T>): T[] {
  const text = fs.readFileSync(path.join(dir, file), 'utf8').trimEnd();
  return text.split('\n').map((line) => schema.parse(JSON.parse(line)));
}

const nameOf = (dir: string) => ({ run: { folder: openFolder().uri.toString(), id: path.basename(dir) } });

/** The commands with the real embedded model: each starts the command line and waits for it. */
describe('the commands on the embedded model', function () {
  this.timeout(4 * MINUTE);
  let file: string;
  let evaluated: string;
  let criticised: string;

  before(async () => {
    await activate();
    const extension = vscode.extensions.getExtension('reflection-workbench.reflection-workbench');
    assert.ok(extension);
    file = path.join(openFolder().uri.fsPath, 'demo-5.jsonl');
    fs.copyFileSync(path.join(extension.extensionPath, 'media/problems/demo-5.jsonl'), file);
  });
  afterEach(closeEditors);

  it('Evaluate Problem File writes graded solutions of every problem', async () => {
    evaluated = await made('reflection.evaluate', { file, model: 'nano', n: 2 });
    const solutions = lines(evaluated, 'solutions.jsonl', solutionSchema);
    assert.equal(solutions.length, 10);
    assert.ok(solutions.every(({ grade, text }) => text !== '' && ['correct', 'incorrect'].includes(grade)));
    const manifest = runManifestSchema.parse(
      JSON.parse(fs.readFileSync(path.join(evaluated, 'run.json'), 'utf8')),
    );
    assert.equal(manifest.title, 'nano on demo-5');
  });

  it('of one problem evaluates that problem', async () => {
    const dir = await made('reflection.evaluate', { file, problem: 'first-003', model: 'nano', n: 1 });
    assert.deepEqual(
      lines(dir, 'solutions.jsonl', solutionSchema).map(({ problemId }) => problemId),
      ['first-003'],
    );
  });

  it('Critique Solutions criticises the solutions of a run', async () => {
    criticised = await made('reflection.critique', { ...nameOf(evaluated), model: 'nano', n: 1 });
    const critiques = lines(criticised, 'critiques.jsonl', critiqueSchema);
    assert.equal(critiques.length, 10);
    assert.ok(critiques.some(({ findings }) => findings.length > 0));
  });

  it('asks again at a step: more critiques, and another ending beside the old one', async () => {
    const solution = lines(evaluated, 'solutions.jsonl', solutionSchema).find(({ text }) =>
      text.includes('Step 2'),
    );
    assert.ok(solution);
    const uri = await vscode.commands.executeCommand<vscode.Uri>('reflection.openTranscript', {
      ...nameOf(evaluated),
      solution: solution.id,
    });
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const at = editor.document.positionAt(editor.document.getText().indexOf('Step 2'));
    editor.selection = new vscode.Selection(at, at);
    const critiques = await made('reflection.resampleCritiques', { n: 4 });
    assert.deepEqual(
      lines(critiques, 'critiques.jsonl', critiqueSchema).map(({ solutionId }) => solutionId),
      Array(4).fill(solution.id),
    );
    await vscode.window.showTextDocument(uri);
    const continued = await made('reflection.continueFromHere', { n: 2 });
    const kept = solution.text.slice(0, solution.text.indexOf('Step 2'));
    for (const { text } of lines(continued, 'solutions.jsonl', solutionSchema))
      assert.ok(text.startsWith(kept));
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(tab instanceof vscode.TabInputTextDiff);
    assert.equal(tab.original.toString(), uri.toString());
  });

  it('asks again by the quick fixes of a finding', async () => {
    const about = lines(criticised, 'critiques.jsonl', critiqueSchema)
      .flatMap(({ solutionId, findings }) => findings.map((finding) => ({ solutionId, finding })))
      .find(({ finding }) => finding.kind !== 'confirmed');
    assert.ok(about, 'a critique blames a step');
    const uri = await vscode.commands.executeCommand<vscode.Uri>('reflection.openTranscript', {
      ...nameOf(evaluated),
      solution: about.solutionId,
    });
    const isFinding = ({ source }: vscode.Diagnostic) => source === 'reflection';
    const found = await diagnosticsOf(uri, (all) => all.some(isFinding), 'the finding');
    const range = found.find(isFinding)?.range;
    assert.ok(range);
    const fix = async (title: string) => {
      const actions = await quickFixes(uri, range);
      const titles = actions.map((action) => action.title).join(', ');
      const action = actions.find((one) => one.title.startsWith(title));
      assert.ok(action, `${title} among ${titles}`);
      const run = runNameSchema.parse(await apply(action));
      return path.join(openFolder().uri.fsPath, '.reflection', 'runs', run.id);
    };
    for (const n of [4, 16]) {
      const critiques = lines(await fix(`Resample ${n} critiques`), 'critiques.jsonl', critiqueSchema);
      assert.deepEqual(
        critiques.map(({ solutionId }) => solutionId),
        Array(n).fill(about.solutionId),
      );
    }
    const continued = lines(await fix('Continue from before'), 'solutions.jsonl', solutionSchema);
    assert.equal(continued.length, 4);
    const before = lines(evaluated, 'solutions.jsonl', solutionSchema).find(
      ({ id }) => id === about.solutionId,
    );
    const start = about.finding.span[0];
    const kept = (before?.text ?? '').slice(0, before?.text.lastIndexOf('\n', start) ?? 0);
    for (const { text } of continued) assert.ok(text.startsWith(kept));
  });

  it('asks another model about the solution that is shown', async () => {
    const solution = lines(evaluated, 'solutions.jsonl', solutionSchema)[0];
    assert.ok(solution);
    await vscode.commands.executeCommand('reflection.openTranscript', {
      ...nameOf(evaluated),
      solution: solution.id,
    });
    const other = path.join(openFolder().uri.fsPath, 'other.gguf');
    const extension = vscode.extensions.getExtension('reflection-workbench.reflection-workbench');
    fs.copyFileSync(path.join(extension?.extensionPath ?? '', 'media/models/nano.gguf'), other);
    const dir = await made('reflection.askAnotherModel', { model: other, n: 2 });
    const manifest = runManifestSchema.parse(JSON.parse(fs.readFileSync(path.join(dir, 'run.json'), 'utf8')));
    assert.equal(manifest.kind, 'critique');
    assert.equal(manifest.model?.path, other);
    assert.deepEqual(
      lines(dir, 'critiques.jsonl', critiqueSchema).map(({ solutionId }) => solutionId),
      [solution.id, solution.id],
    );
  });

  it('Rejection-Sample Critiques writes a dataset', async () => {
    const answer = await vscode.commands.executeCommand('reflection.sample', { file, model: 'nano', n: 4 });
    const { data } = z.object({ data: z.string() }).parse(answer);
    assert.ok(fs.existsSync(data));
    assert.ok(fs.existsSync(data.replace(/\.jsonl$/, '.meta.json')));
  });

  it('a model that is not there is an error, and no run is left half made', async () => {
    const before = fs.readdirSync(path.join(openFolder().uri.fsPath, '.reflection/runs')).length;
    const answer = await vscode.commands.executeCommand('reflection.evaluate', {
      file,
      model: 'nanoo',
      n: 1,
    });
    assert.equal(answer, undefined);
    assert.equal(fs.readdirSync(path.join(openFolder().uri.fsPath, '.reflection/runs')).length, before);
  });

  it('Doctor says of each probe what it found', async () => {
    const answer = await vscode.commands.executeCommand('reflection.doctor');
    const report = z.array(z.object({ label: z.string(), status: z.string() })).parse(answer);
    assert.ok(report.some(({ label, status }) => label === 'Node' && status === 'ok'));
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /^Reflection Workbench: Doctor/);
  });
});
