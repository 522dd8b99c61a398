/**
 * Writes the generated files, or with `--check` fails when a committed one is stale:
 * the `contributes` block of package.json, the strings to translate (package.nls.json, l10n), and the JSON Schemas that Python and VS Code read.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  offlineRecordSchema,
  s2rRecordSchema,
  scftRecordSchema,
  selfDistillRecordSchema,
} from '../src/core/schema/dataset.ts';
import { runEventSchema } from '../src/core/schema/event.ts';
import { problemRowsSchema } from '../src/core/schema/problemRows.ts';
import { trainConfigSchema } from '../src/core/schema/trainConfig.ts';
import { workspaceConfigSchema } from '../src/core/schema/workspace.ts';
import { contributions } from '../src/extension/contributions.ts';
import { extensionStrings } from './extensionStrings.ts';
import { localisedManifest } from './manifestStrings.ts';

const root = path.resolve(import.meta.dirname, '..');
const schemas = 'scripts/trainer/reflection_trainer/schemas';

function jsonSchema(schema: z.ZodType, target: 'draft-2020-12' | 'draft-7' = 'draft-2020-12'): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input', target }), null, 2)}\n`;
}

const { manifest, strings } = localisedManifest(contributions);

function packageFile(): string {
  const current: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const fields = z.record(z.string(), z.unknown()).parse(current);
  return `${JSON.stringify({ ...fields, ...manifest }, null, 2)}\n`;
}

const generated: Record<string, string> = {
  'package.json': packageFile(),
  'package.nls.json': `${JSON.stringify(strings, null, 2)}\n`,
  'l10n/bundle.l10n.json': extensionStrings(root),
  [`${schemas}/train-config.schema.json`]: jsonSchema(trainConfigSchema),
  [`${schemas}/event.schema.json`]: jsonSchema(runEventSchema),
  [`${schemas}/scft-record.schema.json`]: jsonSchema(scftRecordSchema),
  [`${schemas}/self-distill-record.schema.json`]: jsonSchema(selfDistillRecordSchema),
  [`${schemas}/s2r-record.schema.json`]: jsonSchema(s2rRecordSchema),
  [`${schemas}/offline-record.schema.json`]: jsonSchema(offlineRecordSchema),
  // The newest draft that VS Code's JSON support knows whole.
  'media/schemas/reflection.schema.json': jsonSchema(workspaceConfigSchema, 'draft-7'),
  'media/schemas/problems.schema.json': jsonSchema(problemRowsSchema, 'draft-7'),
};

const check = process.argv.includes('--check');
let stale = 0;
for (const [file, text] of Object.entries(generated)) {
  const full = path.join(root, file);
  if (existsSync(full) && readFileSync(full, 'utf8') === text) continue;
  if (check) {
    console.error(`${file} is stale: run "npm run generate" and commit it`);
    stale++;
  } else {
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
    console.log(`wrote ${file}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
