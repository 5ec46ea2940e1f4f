import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { FolderLimits } from '../../src/base/folder.ts';
import { temporaryFolder } from '../../src/base/testing/temporary-folder.ts';
import type { Fact } from '../../src/estate/index.ts';
import { type Scan, scanFolder } from '../../src/server/scan.ts';

/** File contents by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder with these files, which goes when the test file ends. */
export function folderOf(files: Files = {}): string {
  const root = temporaryFolder('reeve-hostile-');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** The complete scan of a folder, as `reeve scan` and the server run it. */
export function scan(root: string, limits?: FolderLimits): Scan {
  return scanFolder(root, {
    environment: 'test',
    fingerprintKey: Buffer.from('key of the test'),
    ...(limits && { limits }),
  });
}

export function scanFiles(files: Files): Scan {
  return scan(folderOf(files));
}

/** `severity code file:line:column`, with what is known of the place. */
export function told({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): string[] {
  return diagnostics.map(({ severity, code, file, line, column }) =>
    [`${severity} ${code}`, [file, line, column].filter((part) => part !== undefined).join(':')]
      .join(' ')
      .trim(),
  );
}

/** `service METHOD template`, sorted. */
export function endpointsOf({ facts }: { readonly facts: readonly Fact[] }): string[] {
  const lines = facts.flatMap((fact) =>
    fact.entity === 'endpoint' ? [`${fact.service} ${fact.method} ${fact.template}`] : [],
  );
  return [...new Set(lines)].sort();
}

/** A specification that every folder of these tests holds: what must still be read. */
export const GOOD = {
  'orders/openapi.yaml':
    'openapi: 3.1.0\ninfo: { title: Orders, version: "1" }\npaths:\n  /orders: { get: { responses: {} } }\n',
  'orders/package.json': '{"name":"orders","scripts":{"start":"node server.js"}}',
} as const;

/** Whether what `GOOD` holds was read. */
export function isGoodRead(scanned: { readonly facts: readonly Fact[] }): boolean {
  return endpointsOf(scanned).some((line) => line.endsWith('orders GET /orders'));
}

/** Makes a FIFO or a Unix socket, for which Node has no call of its own. */
export function makeSpecial(path: string, kind: 'fifo' | 'socket'): void {
  const program = {
    fifo: ['mkfifo', path],
    socket: [
      process.execPath,
      '-e',
      'const s=require("net").createServer().listen(process.argv[1],()=>process.kill(process.pid,"SIGKILL"))',
      path,
    ],
  }[kind];
  spawnSync(program[0] ?? '', program.slice(1));
}
