import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where peers are kept between runs. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'reeve-interop');
const INSTALL_MILLISECONDS = 480_000;

/** A peer that is there, or why it is not. */
export type Peer =
  | { readonly path: string; readonly why?: undefined }
  | { readonly path?: undefined; readonly why: string };

function run(program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(program, [...words], {
    encoding: 'utf8',
    timeout: INSTALL_MILLISECONDS,
    env: { ...process.env, ...env },
  });
}

/** A folder that stays between runs. */
export function cacheFolder(name: string): string {
  const folder = join(CACHE, name.replaceAll(/[^\w.-]/g, '-'));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A folder that holds one program, built from the Go module proxy at a pinned version. */
export function goProgram(name: string, packagePath: string, version: string): Peer {
  const folder = cacheFolder(`${name}-${version}`);
  if (existsSync(join(folder, name))) return { path: folder };
  if (run('go', ['version']).status !== 0) return { why: 'Go is not installed' };
  const { status, stderr } = run('go', ['install', '-ldflags=-s -w', `${packagePath}@${version}`], {
    GOBIN: folder,
  });
  if (status === 0 && existsSync(join(folder, name))) return { path: folder };
  return { why: `go install ${packagePath}@${version} failed: ${lastLine(stderr)}` };
}

/** A folder that holds one program, built of one file in Go with modules at pinned versions (`MODULE@VERSION`). */
export function goSource(name: string, file: string, modules: readonly string[]): Peer {
  const source = readFileSync(file);
  const digest = createHash('sha256').update(source).update(modules.join()).digest('hex');
  const folder = cacheFolder(`${name}-${digest.slice(0, 16)}`);
  if (existsSync(join(folder, name))) return { path: folder };
  if (run('go', ['version']).status !== 0) return { why: 'Go is not installed' };
  writeFileSync(join(folder, 'main.go'), source);
  for (const words of [
    ['mod', 'init', name],
    ['get', ...modules],
    ['mod', 'tidy'],
    ['build', '-ldflags=-s -w', '-o', name, '.'],
  ]) {
    if (words[1] === 'init' && existsSync(join(folder, 'go.mod'))) continue;
    const { status, stderr } = run('go', ['-C', folder, ...words]);
    if (status !== 0) return { why: `go ${words.join(' ')} failed: ${lastLine(stderr)}` };
  }
  return { path: folder };
}

/** The folder of an npm package at a pinned version, with what it depends on, outside of this project. */
export function npmPackage(name: string, version: string): Peer {
  const folder = cacheFolder(`npm-${name}-${version}`);
  const installed = join(folder, 'node_modules', name);
  if (existsSync(join(installed, 'package.json'))) return { path: installed };
  const { status, stderr } = run('npm', [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `${name}@${version}`,
  ]);
  if (status === 0 && existsSync(join(installed, 'package.json'))) return { path: installed };
  return { why: `npm install ${name}@${version} failed: ${lastLine(stderr)}` };
}

/** The folder of a Python environment that holds packages at pinned versions (`NAME==VERSION`). */
export function pythonEnvironment(name: string, packages: readonly string[]): Peer {
  const folder = cacheFolder(`python-${name}-${packages.join('-')}`);
  const done = join(folder, 'installed');
  if (existsSync(done)) return { path: folder };
  const made = run('python3', ['-m', 'venv', folder]);
  if (made.status !== 0) return { why: `python3 -m venv failed: ${lastLine(made.stderr)}` };
  const { status, stderr } = run(join(folder, 'bin', 'pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--only-binary=:all:',
    ...packages,
  ]);
  if (status !== 0) return { why: `pip install ${packages.join(' ')} failed: ${lastLine(stderr)}` };
  writeFileSync(done, '');
  return { path: folder };
}

function lastLine(text: string | null): string {
  return (text ?? '').trim().split('\n').at(-1) ?? '';
}

/** Says on standard error which peer a test goes without; for `describe.skipIf`. In CI no test goes without a peer that
 *  is needed. */
export function isMissing(what: string, peer: Peer, { isNeeded = false } = {}): boolean {
  if (peer.path !== undefined) return false;
  if (isNeeded && process.env.CI === 'true')
    throw new Error(`${what} is needed in CI: ${peer.why}`);
  console.error(`skipped: ${what}: ${peer.why}`);
  return true;
}
