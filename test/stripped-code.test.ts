import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root = '';
let cache = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reeve-stripped-'));
  cache = join(root, 'cache');
  mkdirSync(join(root, 'bin'));
  mkdirSync(join(root, 'src', 'testdata'), { recursive: true });
  cpSync(join(import.meta.dirname, '..', 'bin', 'typescript.cjs'), loader());
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  write('word.ts', "export const word: string = 'first';\n");
  write(
    'main.ts',
    `import { Worker, isMainThread } from 'node:worker_threads';
import { word } from './word.ts';
console.log(word satisfies string);
if (isMainThread) new Worker(new URL('./main.ts', import.meta.url));
`,
  );
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const loader = (): string => join(root, 'bin', 'typescript.cjs');

function write(name: string, text: string): void {
  writeFileSync(join(root, 'src', name), text);
}

function run() {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--require', loader(), join(root, 'src', 'main.ts')],
    { encoding: 'utf8', env: { REEVE_CODE_CACHE: cache } },
  );
  return { stdout, stderr };
}

/** The file that holds what `word.ts` came to. */
function keptWord(): string {
  const folder = join(cache, `stripped-${process.version}`);
  const name = readdirSync(folder).find((one) =>
    /^export const word/.test(readFileSync(join(folder, one), 'utf8')),
  );
  return join(folder, name ?? 'none');
}

test('every thread runs what was stripped once', () => {
  expect(run()).toEqual({ stdout: 'first\nfirst\n', stderr: '' });
  const kept = readFileSync(keptWord(), 'utf8');
  expect(kept).not.toContain(': string');
  writeFileSync(keptWord(), kept.replace('first', 'again'));
  expect(run().stdout).toBe('again\nagain\n');
});

test('a file that has changed is stripped anew', () => {
  run();
  write('word.ts', "export const word: string = 'later';\n");
  expect(run().stdout).toBe('later\nlater\n');
});

test('what was cut short is not run', () => {
  run();
  truncateSync(keptWord(), 10);
  expect(run().stdout).toBe('first\nfirst\n');
  expect(readFileSync(keptWord(), 'utf8')).toContain('first');
});

test('a file that cannot be stripped keeps no other from being so', () => {
  write('another.ts', 'export enum Another {}\n');
  expect(run()).toEqual({ stdout: 'first\nfirst\n', stderr: '' });
  expect(readFileSync(keptWord(), 'utf8')).toContain('first');
});

test('errors name the file, the line and the column as it was written', () => {
  write('word.ts', "const none: undefined = undefined;\nexport const word: string = none['x'];\n");
  expect(run().stderr).toContain(`${join(root, 'src', 'word.ts')}:2`);
  write('word.ts', 'export const = 1;\n');
  expect(run().stderr).toContain('ERR_INVALID_TYPESCRIPT_SYNTAX');
});

test('where nothing can be kept, Node strips', () => {
  writeFileSync(cache, 'no folder');
  chmodSync(cache, 0o400);
  expect(run()).toEqual({ stdout: 'first\nfirst\n', stderr: '' });
});
