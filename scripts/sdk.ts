import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

/** `npm run build`, `npm pack` and `npm publish` in sdk/. In this repository the package is its TypeScript,
 *  which Node runs as it is; what is published is JavaScript with types. So that nobody has to build to
 *  work here, package.json leads to src/, and leads to dist/ only while npm packs.
 *
 *  What verifies identities stands in src/identity of this repository, and the SDK imports it from there.
 *  The compiler follows the imports, so that dist/ holds the few files that are used of it, beside those of
 *  the SDK and in the same places to one another as here. */

const ROOT = join(import.meta.dirname, '..');
const SDK = join(ROOT, 'sdk');
const DIST = join(SDK, 'dist');
const MANIFEST = join(SDK, 'package.json');
/** The manifest of this repository, while the published one is in its place. */
const SET_ASIDE = join(SDK, 'package.source.json');
const LICENSE = join(SDK, 'LICENSE');

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

/** Compiles sdk/src, and what it imports of src, to sdk/dist. */
async function build(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const status = await run(process.execPath, [compiler, '-p', join(SDK, 'tsconfig.build.json')]);
  if (status !== 0) throw new Error('the SDK does not compile');
  // The compiler rewrites imports in JavaScript only.
  for (const path of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts')) continue;
    const text = readFileSync(join(DIST, path), 'utf8');
    writeFileSync(
      join(DIST, path),
      text.replace(/((?:from|import)[ (]')(\.[^']*)\.ts'/g, "$1$2.js'"),
    );
  }
}

/** The manifest as published: nothing of this repository in it. */
function toPublished({ exports, devDependencies, scripts, private: _, ...kept }: Manifest) {
  return { ...kept, exports: Object.fromEntries(Object.entries(exports).map(toBuilt)) };
}

function toBuilt([name, source]: [string, string]): [string, unknown] {
  if (!source.endsWith('.ts')) return [name, source];
  const built = source.replace(/^\.\/src\//, './dist/sdk/src/').replace(/\.ts$/, '');
  return [name, { types: `${built}.d.ts`, default: `${built}.js` }];
}

async function prepack(): Promise<void> {
  putBack();
  await build();
  copyFileSync(join(ROOT, 'LICENSE'), LICENSE);
  const published = toPublished(JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest);
  renameSync(MANIFEST, SET_ASIDE);
  writeFileSync(MANIFEST, `${JSON.stringify(published, null, 2)}\n`);
}

/** Also after a pack that was killed half way. */
function putBack(): void {
  if (existsSync(SET_ASIDE)) renameSync(SET_ASIDE, MANIFEST);
  rmSync(LICENSE, { force: true });
}

const COMMANDS: Readonly<Record<string, () => void | Promise<void>>> = {
  build,
  prepack,
  postpack: putBack,
};

const command = COMMANDS[process.argv[2] ?? ''];
if (command === undefined) {
  console.error(`usage: node scripts/sdk.ts ${Object.keys(COMMANDS).join('|')}`);
  process.exit(2);
}
await command();
