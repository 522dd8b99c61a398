/**
 * Loads the bundled extension and activates it on a `vscode` that does nothing, then loads what reads runs and problem files
 * at their first use; prints the times in milliseconds of the CPU, which are nearly those of a quiet machine also on a busy one.
 */
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

/** A declared function: it can be called and constructed, and nobody shortens it to an arrow. */
function nobody() {}
const nothing = new Proxy(nobody, {
  get: (_target, name) => {
    if (name === Symbol.toPrimitive) return () => '';
    if (name === Symbol.iterator) return [][Symbol.iterator].bind([]);
    return name === 'then' ? undefined : nothing;
  },
  set: () => true,
  apply: () => nothing,
  construct: () => nothing,
});
// The bundle copies the module's own properties: these are found through its prototype.
const vscode = Object.create(nothing);
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));

const now = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;
const main = path.resolve(__dirname, '../../../dist/extension.cjs');
const began = now();
const extension = require(main);
const loaded = now();
extension.activate(Object.assign(Object.create(nothing), { subscriptions: [] }));
const activated = now();
const parts = fs.readFileSync(main, 'utf8').match(/\.\/extension\/(?:run|problem)Reading-\w+\.cjs/g);
for (const part of new Set(parts)) require(path.resolve(path.dirname(main), part));
const read = now();
console.log(
  JSON.stringify({ load: loaded - began, activate: activated - loaded, firstUse: read - activated }),
);
process.exit(0);
