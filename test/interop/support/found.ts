import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import { toRecords } from '../../../src/estate/index.ts';
import { scanFolder } from '../../../src/server/scan.ts';

/** What a scan found, by name, without places: what two ways of reading one thing must agree on. */
export interface Found {
  readonly services: readonly string[];
  readonly endpoints: readonly string[];
  readonly calls: readonly string[];
  /** `policy: effect from operations`, with the service that it is about. */
  readonly policies: readonly string[];
  readonly credentials: readonly string[];
  readonly weaknesses: readonly string[];
}

export interface Scanned {
  readonly found: Found;
  readonly diagnostics: readonly Diagnostic[];
}

/** Scans with the programs of one folder (and nothing else) on the search path. */
export function scanWith(programs: string | undefined, root: string): Scanned {
  const before = process.env.PATH;
  process.env.PATH = programs ?? '/nonexistent';
  try {
    const { facts, diagnostics } = scanFolder(root, {
      environment: 'test',
      fingerprintKey: Buffer.from('key of the test'),
    });
    const records = toRecords(facts);
    const found = {
      services: records.services.map(({ id, images }) => `${id} of ${images.join(', ')}`),
      endpoints: records.endpoints.map(({ id }) => id),
      calls: records.calls.map(({ id }) => id),
      policies: records.services.flatMap(({ id, permissions }) =>
        permissions.map(
          ({ policy, effect, from, operations }) =>
            `${id} ${policy}: ${effect} ${from.join(', ')} ${operations.join(', ')}`,
        ),
      ),
      credentials: facts.flatMap((fact) =>
        // Text that looks like a credential lies in values and literals, or in what is made of them.
        fact.entity === 'credential' && fact.source.reader !== 'credentials'
          ? [`${fact.name} in ${fact.location?.in ?? 'nothing'}`]
          : [],
      ),
      weaknesses: facts.flatMap((fact) =>
        fact.entity === 'weakness' ? [`${fact.control} ${fact.object}`] : [],
      ),
    };
    return { found: sorted(found), diagnostics };
  } finally {
    process.env.PATH = before;
  }
}

function sorted(found: Found): Found {
  const entries = Object.entries(found) as [keyof Found, readonly string[]][];
  return Object.fromEntries(
    entries.map(([key, lines]) => [key, [...new Set(lines)].sort()]),
  ) as Record<keyof Found, string[]>;
}

/** What the services of charts and overlays call. */
export const OTHERS = ['payments', 'stock', 'catalogue', 'mail', 'collector']
  .map(
    (name) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: { template: { spec: { containers: [{ name: ${name}, image: others/${name} }] } } }\n`,
  )
  .join('---\n');

/** A folder that is removed by `remove`. */
export function temporaryFolder(files: Readonly<Record<string, string>>) {
  const path = mkdtempSync(join(tmpdir(), 'reeve-interop-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
