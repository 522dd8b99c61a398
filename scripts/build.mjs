/**
 * Bundles everything into dist/. `--watch` keeps going; `--only cli,extension` limits the entries; `--fresh` leaves no part
 * of an earlier extension behind.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const only = process.argv.includes('--only')
  ? process.argv[process.argv.indexOf('--only') + 1]?.split(',')
  : undefined;

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  legalComments: 'none',
};

/**
 * `vscode` is external for the extension alone: a stray import of it anywhere else fails the build.
 * node-llama-cpp is an ES module with native parts: it must stay unbundled.
 */
const nodeShared = {
  ...shared,
  platform: /** @type {const} */ ('node'),
  target: 'node22',
  external: ['node-llama-cpp'],
};

// Dependencies in CommonJS form use require() and __filename: an ES bundle has to bring them.
const commonJsBanner = {
  js: [
    "import { createRequire as __createRequire } from 'node:module';",
    'const require = __createRequire(import.meta.url);',
    'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
  ].join(' '),
};

/**
 * zod brings its messages in fifty languages, which nobody imports and no bundler can leave out: a quarter of what is
 * read at every activation.
 * @type {import('esbuild').Plugin}
 */
const withoutZodLocales = {
  name: 'without zod locales',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.c?js$/ }, () => ({
      contents: 'export {};',
    })),
};

/**
 * `z` as zod exports it is a namespace that a bundler keeps whole; of one that the importer makes it keeps what is used:
 * two thirds of the size.
 * @type {import('esbuild').Plugin}
 */
const zodInParts = {
  name: 'zod in parts',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace("import { z } from 'zod';", "import * as z from 'zod';"),
      loader: 'ts',
    })),
};

/**
 * Loading one of our files does nothing but define: what an index names and nobody takes stays out.
 * @type {import('esbuild').Plugin}
 */
const onlyWhatIsUsed = {
  name: 'only what is used',
  setup: (build) =>
    build.onResolve({ filter: /^\..*\.ts$/ }, ({ path: file, resolveDir, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.resolve(resolveDir, file), sideEffects: false },
    ),
};

/** Parts of the extension that an open window may still ask for are kept for so long. */
const KEPT_MS = 60 * 60 * 1000;

/**
 * The extension is split at each `import()`, so that activation reads only what registers. esbuild splits ES modules
 * alone; extension hosts of every age load CommonJS. So each part is translated on its way to the disk.
 * @type {import('esbuild').Plugin}
 */
const splitCommonJs = {
  name: 'split CommonJS',
  setup: (build) =>
    build.onEnd(async ({ outputFiles = [] }) => {
      const parts = path.join(root, 'dist', 'extension');
      mkdirSync(parts, { recursive: true });
      await Promise.all(outputFiles.map(writeAsCommonJs));
      const written = new Set(outputFiles.map((file) => path.basename(file.path)));
      const oldest = process.argv.includes('--fresh') ? Number.POSITIVE_INFINITY : Date.now() - KEPT_MS;
      for (const name of readdirSync(parts)) {
        const file = path.join(parts, name);
        if (!written.has(name.replace(/\.map$/, '')) && statSync(file).mtimeMs < oldest) rmSync(file);
      }
    }),
};

/** @param {import('esbuild').OutputFile} file */
async function writeAsCommonJs({ path: file, text }) {
  const { code, map } = await esbuild.transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    // A chunk is required: an extension host gives `vscode` to what is required.
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    sourcefile: path.basename(file),
    sourcemap: true,
  });
  writeFileSync(`${file}.map`, map);
  writeFileSync(file, `${code}//# sourceMappingURL=${path.basename(file)}.map\n`);
}

/** @type {import('esbuild').Plugin} */
const withoutOldFonts = {
  name: 'without old fonts',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]katex[\\/]dist[\\/]katex\.min\.css$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace(/,url\([^)]*\.(?:woff|ttf)\) format\("[^"]*"\)/g, ''),
      loader: 'css',
    })),
};

/** @type {Record<string, import('esbuild').BuildOptions>} */
const entries = {
  cli: {
    ...nodeShared,
    format: 'esm',
    banner: commonJsBanner,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.mjs',
  },
  inference: {
    ...nodeShared,
    format: 'esm',
    banner: commonJsBanner,
    entryPoints: ['src/node/inference/child.ts'],
    outfile: 'dist/inference.mjs',
  },
  grading: {
    ...nodeShared,
    format: 'esm',
    banner: commonJsBanner,
    entryPoints: ['src/node/grading/worker.ts'],
    outfile: 'dist/grading.mjs',
  },
  comparison: {
    ...nodeShared,
    format: 'esm',
    banner: commonJsBanner,
    entryPoints: ['src/node/comparison/worker.ts'],
    outfile: 'dist/comparison.mjs',
  },
  extension: {
    ...nodeShared,
    format: 'esm',
    splitting: true,
    write: false,
    sourcemap: 'inline',
    // A CommonJS bundle has no import.meta; the workbench's own files are found from it.
    // zod asks `navigator` whether it runs on Cloudflare, and VS Code logs an error for every look at that.
    define: { 'import.meta.dirname': '__dirname', navigator: 'undefined' },
    external: ['vscode', 'node-llama-cpp'],
    // What is read at every activation is small; names stay, so that an error's stack can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [withoutZodLocales, zodInParts, onlyWhatIsUsed, splitCommonJs],
    entryPoints: { extension: 'src/extension/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    chunkNames: 'extension/[name]-[hash]',
  },
  webview: {
    ...shared,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // KaTeX's fonts lie beside its style sheet; every browser that runs VS Code reads WOFF2.
    loader: { '.woff2': 'file' },
    assetNames: 'fonts/[name]',
    plugins: [withoutOldFonts],
    entryPoints: [...panels(), { in: path.join(root, 'webview/math/index.ts'), out: 'math' }],
    outdir: 'dist/webview',
  },
};

/** One bundle for each folder of webview/ that has an index.tsx, named after the folder. */
function panels() {
  const folder = path.join(root, 'webview');
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, 'index.tsx')))
    .map((name) => ({ in: path.join(folder, name, 'index.tsx'), out: name }));
}

function present(options) {
  const points = /** @type {(string | { in: string })[]} */ (Object.values(options.entryPoints ?? []));
  return (
    points.length > 0 &&
    points.every((point) => existsSync(path.resolve(root, typeof point === 'string' ? point : point.in)))
  );
}

const chosen = Object.entries(entries).filter(
  ([name, options]) => (only ? only.includes(name) : true) && present(options),
);
if (process.argv.includes('--watch')) {
  for (const [, options] of chosen) await (await esbuild.context(options)).watch();
} else {
  await Promise.all(chosen.map(([, options]) => esbuild.build(options)));
}
