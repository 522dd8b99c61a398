/** `npm run bench -- NAME ARGS`: runs test/bench/NAME.ts after a build. Without a name it lists them. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { node } from './setup/node.mjs';
import { root } from './setup/steps.mjs';

const folder = path.join(root, 'test', 'bench');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => path.basename(file, '.ts'));
const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(`Usage: npm run bench -- NAME [OPTIONS]\nNAME is one of: ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  await node(['scripts/build.mjs'], { stdio: 'inherit' });
  await node([path.join('test', 'bench', `${name}.ts`), ...rest], { stdio: 'inherit' });
}
