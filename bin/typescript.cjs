'use strict';
/** Loads TypeScript as it was stripped of its types once (`node --require`), for processes that run for long. Node's own
 *  cache of code stays in memory for as long as the process lives, and so does the compiler that strips: 18 and 16 MB of a
 *  server. So what was stripped lies in files, which are read and forgotten, and is made by a process that ends. */
const { spawnSync } = require('node:child_process');
const { hash } = require('node:crypto');
const { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } = require('node:fs');
const { registerHooks, stripTypeScriptTypes } = require('node:module');
const { join } = require('node:path');
const { fileURLToPath } = require('node:url');

/** Of the version, since another one may strip in another way. */
const folder = join(process.env.REEVE_CODE_CACHE, `stripped-${process.version}`);
const root = join(__dirname, '..', 'src');
const OF_TESTS = /\.test\.ts$|\btest(ing|data)\b/;
let isMade = process.argv[1] === __filename;

if (isMade) stripAll();
else registerHooks({ load });

function load(url, context, next) {
  if (context.format !== 'module-typescript') return next(url, context);
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const code = kept(source) ?? made(source);
  return code === undefined
    ? next(url, context)
    : { format: 'module', source: code, shortCircuit: true };
}

/** Named after its source. Stripping leaves every character in its place, so one that was cut short is told by its
 *  length. */
function kept(source) {
  try {
    const code = readFileSync(fileOf(source), 'utf8');
    return code.length === source.length ? code : undefined;
  } catch {
    return undefined;
  }
}

/** The first that is missing has all made; Node is left with what still is. */
function made(source) {
  if (isMade) return undefined;
  isMade = true;
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', __filename]);
  return kept(source);
}

function stripAll() {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(root, { recursive: true })) {
    if (!name.endsWith('.ts') || OF_TESTS.test(name)) continue;
    const source = readFileSync(join(root, name), 'utf8');
    if (kept(source) === undefined) keep(source);
  }
}

function keep(source) {
  const file = fileOf(source);
  const code = stripped(source);
  if (code === undefined) return;
  const unnamed = `${file}.${process.pid}`;
  writeFileSync(unnamed, code, { mode: 0o600 });
  renameSync(unnamed, file);
}

/** What is wrong with a file is told by Node, when it is to be run. */
function stripped(source) {
  try {
    return stripTypeScriptTypes(source);
  } catch {
    return undefined;
  }
}

function fileOf(source) {
  return join(folder, hash('sha256', source));
}
