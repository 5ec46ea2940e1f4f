import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import ignore from 'ignore';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import { readFolder } from '../read.ts';
import { ownership } from './index.ts';

function read(files: Record<string, string | Buffer>) {
  const root = mkdtempSync(join(tmpdir(), 'ownership-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return readFolder(new Folder(root), [ownership]);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const kindOf = (reading: ReturnType<typeof read>, kind: string) =>
  reading.observations.filter((observation) => observation.kind === kind);

/** The owners of a path: of the matching patterns the one with the highest order. */
function ownersOf(reading: ReturnType<typeof read>, path: string): readonly string[] | undefined {
  return reading.observations
    .filter((one) => one.kind === 'ownership')
    .sort((a, b) => a.order - b.order)
    .findLast(({ pattern }) => ignore().add(pattern).ignores(path))?.owners;
}

describe('CODEOWNERS', () => {
  it('is looked for in the places of GitHub and GitLab, and the first one counts', () => {
    const files = {
      'docs/CODEOWNERS': '* @docs',
      '.gitlab/CODEOWNERS': '* @gitlab',
      CODEOWNERS: '* @root',
      '.github/CODEOWNERS': '\n* @github',
    };
    const reading = read(files);
    expect(reading.observations).toEqual([
      {
        kind: 'ownership',
        pattern: '*',
        owners: ['github'],
        order: 1002,
        source: {
          reader: 'ownership',
          how: 'declared',
          file: '.github/CODEOWNERS',
          line: 2,
          column: 1,
        },
      },
    ]);
    expect(reading.diagnostics.map(({ code, file }) => [code, file])).toEqual([
      ['ownership/codeowners-shadowed', '.gitlab/CODEOWNERS'],
      ['ownership/codeowners-shadowed', 'CODEOWNERS'],
      ['ownership/codeowners-shadowed', 'docs/CODEOWNERS'],
    ]);
  });

  it('of a checkout inside the folder governs that checkout only', () => {
    const reading = read({
      'shop/.git/HEAD': 'ref: refs/heads/main',
      'shop/CODEOWNERS': '* @all\n*.sql @data\n/api @api\nlib/x @lib\n',
    });
    expect(ownersOf(reading, 'shop/deep/a.ts')).toEqual(['all']);
    expect(ownersOf(reading, 'shop/deep/a.sql')).toEqual(['data']);
    expect(ownersOf(reading, 'shop/api/a.ts')).toEqual(['api']);
    expect(ownersOf(reading, 'shop/lib/x/a.ts')).toEqual(['lib']);
    expect(ownersOf(reading, 'shop/deep/api/a.ts')).toEqual(['all']);
    expect(ownersOf(reading, 'other/a.sql')).toBeUndefined();
  });

  it('elsewhere does not count', () => {
    expect(read({ 'src/CODEOWNERS': '* @x' })).toMatchObject({ observations: [], diagnostics: [] });
  });
});

describe('OWNERS', () => {
  it('gives a folder to its approvers, a deeper one counting more', () => {
    const reading = read({
      OWNERS: 'approvers:\n- root-team\n',
      'a/OWNERS': 'reviewers: [x]\napprovers: [Alice, "@bob"]\n',
      'a/b/OWNERS':
        'filters:\n  ".*":\n    approvers: [carol]\n  "\\\\.go$":\n    approvers: [dave]\n',
    });
    expect(ownersOf(reading, 'x/y')).toEqual(['root-team']);
    expect(ownersOf(reading, 'a/y')).toEqual(['alice', 'bob']);
    expect(ownersOf(reading, 'a/b/y.go')).toEqual(['carol']);
    expect(reading.observations.map(({ source }) => [source.file, source.line])).toEqual([
      ['OWNERS', 1],
      ['a/OWNERS', 2],
      ['a/b/OWNERS', 3],
    ]);
  });

  it('yields to CODEOWNERS', () => {
    const reading = read({ CODEOWNERS: '* @team', 'a/OWNERS': 'approvers: [alice]' });
    expect(ownersOf(reading, 'a/y')).toEqual(['team']);
  });

  it('of another project is left alone', () => {
    const reading = read({ OWNERS: 'set noparent\nfile://x\nper-file *.gn=a@b.c\n: [\n' });
    expect(reading).toMatchObject({ observations: [], diagnostics: [] });
  });
});

const COMPONENT = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: group:default/team-orders
  providesApis: [orders-api]
`;
const API = `---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders-api
spec:
  type: openapi
  owner: team-orders
  definition:
    $text: ./api/openapi.yaml
`;

describe('the catalogue', () => {
  it('binds folder, owner and specification to the service', () => {
    const reading = read({
      'orders/catalog-info.yaml': COMPONENT + API,
      'orders/api/openapi.yaml': '',
    });
    const at = (line: number, column: number) => ({
      reader: 'ownership',
      how: 'declared',
      file: 'orders/catalog-info.yaml',
      line,
      column,
    });
    expect(reading).toMatchObject({ diagnostics: [] });
    expect(reading.observations).toEqual([
      {
        kind: 'service',
        subject: { by: 'name', name: 'orders' },
        owner: { owner: 'team-orders', rank: 'catalogue' },
        source: at(8, 3),
      },
      {
        kind: 'component',
        folder: 'orders',
        names: ['orders'],
        service: { name: 'orders' },
        runnable: true,
        source: at(4, 3),
      },
      {
        kind: 'component',
        folder: 'orders/api/openapi.yaml',
        names: ['orders-api'],
        service: { name: 'orders' },
        runnable: false,
        source: at(19, 5),
      },
    ]);
  });

  const changes: [name: string, from: string, to: string, kind: string, want: unknown[]][] = [
    ['a library is no service', 'type: service', 'type: library', 'service', []],
    ['a library has no folder of a service', 'type: service', 'type: library', 'component', []],
    [
      'the Kubernetes name wins',
      'name: orders\n',
      'name: orders\n  annotations:\n    backstage.io/kubernetes-id: orders-v2\n    backstage.io/kubernetes-namespace: shop\n',
      'service',
      [{ subject: { by: 'name', name: 'orders-v2', namespace: 'shop' } }],
    ],
    [
      'the source location wins over the place of the file',
      'name: orders\n',
      'name: orders\n  annotations:\n    backstage.io/source-location: dir:../code/orders/\n',
      'component',
      [{ folder: 'code/orders' }],
    ],
    [
      'a source location out of the folder binds nothing',
      'name: orders\n',
      'name: orders\n  annotations:\n    backstage.io/source-location: dir:../../orders\n',
      'component',
      [],
    ],
    ['a template of an entity is none', 'name: orders', 'name: "{{ name }}"', 'service', []],
    ['other kinds are left alone', 'kind: Component', 'kind: System', 'service', []],
    ['other groups are left alone', 'backstage.io/', 'acme.org/', 'service', []],
  ];
  it.each(changes)('%s', (_, from, to, kind, want) => {
    const reading = read({ 'orders/catalog-info.yaml': COMPONENT.replace(from, to) });
    expect(kindOf(reading, kind)).toMatchObject(want);
    expect(kindOf(reading, kind)).toHaveLength(want.length);
  });

  it('does not bind a folder that holds several services', () => {
    const reading = read({
      'catalog-info.yaml': `${COMPONENT}---\n${COMPONENT.replace('name: orders', 'name: web')}`,
    });
    expect(kindOf(reading, 'service')).toHaveLength(2);
    expect(kindOf(reading, 'component')).toHaveLength(0);
  });

  it('reports a component without owner and a specification that is not there', () => {
    const reading = read({
      'catalog-info.yaml': COMPONENT.replace(/ {2}owner.*\n/, '') + API,
    });
    expect(reading.diagnostics.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['ownership/owner-missing', 5, 1],
      ['ownership/specification-not-found', 18, 12],
    ]);
  });
});

describe('any bytes', () => {
  it.each(['CODEOWNERS', 'OWNERS', 'catalog-info.yaml'])(
    'in %s give observations or diagnostics',
    (name) => {
      const prefix =
        { OWNERS: 'approvers: ', 'catalog-info.yaml': '# backstage.io/\n' }[name] ?? '';
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
          const reading = read({ [name]: Buffer.concat([Buffer.from(prefix), bytes]) });
          expect(reading.diagnostics.every(({ code }) => !code.endsWith('/failed'))).toBe(true);
        }),
        { numRuns: 60 },
      );
    },
  );
});
