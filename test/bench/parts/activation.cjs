/**
 * Loads the bundled extension and activates it on a `vscode` that does nothing; prints both times in milliseconds of the CPU,
 * which are those of a quiet machine also on a busy one.
 */
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
const began = now();
const extension = require(path.resolve(__dirname, '../../../dist/extension.cjs'));
const loaded = now();
extension.activate(Object.assign(Object.create(nothing), { subscriptions: [] }));
console.log(JSON.stringify({ load: loaded - began, activate: now() - loaded }));
process.exit(0);
