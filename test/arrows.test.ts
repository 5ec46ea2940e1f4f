import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What each folder of src/ may import; ARCHITECTURE.md draws it. */
const DOMAINS = ['sources', 'inventory', 'identity', 'authorization', 'secrets', 'tracing'];
const BELOW_DOMAINS = ['base', 'estate', 'audit'];
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  estate: ['base'],
  audit: ['base', 'estate'],
  ...Object.fromEntries(DOMAINS.map((domain) => [domain, BELOW_DOMAINS])),
  assurance: [...BELOW_DOMAINS, ...DOMAINS],
  server: [...BELOW_DOMAINS, ...DOMAINS, 'assurance'],
  cli: [...BELOW_DOMAINS, ...DOMAINS, 'assurance', 'server'],
};
/** Folders of parts without a common door. */
const OPEN = ['base', 'server'];
/** Doors beside `index.ts`, which lead to less: for what runs in services and browsers, too, and at the start. */
const SMALL_DOORS = ['estate/words.ts', 'audit/words.ts', 'secrets/leaks/own-values.ts'];

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly target: string;
}

function importsOf(root: string): Import[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('testdata'))
    .flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
      return [...specifiers].map((match) => {
        const target = join(path, '..', match[1] ?? '');
        return {
          file: path,
          from: path.split('/')[0] ?? '',
          to: target.split('/')[0] ?? '',
          target,
        };
      });
    });
}

const crossing = importsOf('src').filter(({ from, to }) => from !== to);

/** What verifies identities, and nothing that issues them. */
const VERIFIERS = ['spiffe', 'x509', 'jwt'].map((door) => `src/identity/${door}/verifier.ts`);
/** What decides about calls. */
const DECIDER = 'src/authorization/decider.ts';
/** What the SDK may import beside base. */
const DOORS_OF_SDK = [...VERIFIERS, DECIDER];

/** Tests of the SDK make identities with all that the server has. */
const fromSdk = importsOf('sdk')
  .filter(({ file }) => !/node_modules|\.test\.ts$|testing\//.test(file))
  .map((one) => ({ ...one, target: join('sdk', one.target) }))
  .filter(({ target }) => !target.startsWith('sdk/'));

/** All that a file imports, directly or through others. */
function reachOf(doors: readonly string[]): Set<string> {
  const all = importsOf('src');
  const reached = new Set(doors);
  for (const file of reached) {
    for (const one of all) {
      if (join('src', one.file) === file) reached.add(join('src', one.target));
    }
  }
  return reached;
}

describe('the arrows between folders', () => {
  it('are those of the architecture', () => {
    const wrong = crossing.filter(({ from, to }) => !MAY_IMPORT[from]?.includes(to));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('lead through a door, which is an index.ts', () => {
    const wrong = crossing.filter(
      ({ file, to, target }) =>
        !OPEN.includes(to) &&
        !SMALL_DOORS.includes(target) &&
        !target.endsWith('/index.ts') &&
        !/\.test\.ts$|testing\//.test(file),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('lead from the SDK to what verifies and what decides, and to the bottom', () => {
    const wrong = fromSdk.filter(
      ({ target }) => !DOORS_OF_SDK.includes(target) && !/^src\/base\/[^/]+\.ts$/.test(target),
    );
    expect(wrong.map(({ file, target }) => `sdk/${file} imports ${target}`)).toEqual([]);
    expect(new Set(fromSdk.map(({ target }) => target)).size).toBeGreaterThan(3);
  });

  it('lead from what verifies identities to nothing else', () => {
    const folders = /^src\/(base|identity\/(spiffe|x509|jwt))\//;
    const issuing = /authority\.ts$|csr\/|issue|sign(er)?\.ts$|write-bundle|testing\/|\.test\.ts$/;
    const wrong = [...reachOf(VERIFIERS)].filter(
      (file) => !folders.test(file) || issuing.test(file),
    );
    expect(wrong).toEqual([]);
  });

  it('lead from what decides to nothing that stores, serves, sends or writes', () => {
    const folders =
      /^src\/(base\/[^/]+|authorization\/.+|estate\/(words|vocabulary|operation|protocols))\.ts$/;
    const others =
      /targets\/|reach\/|check\/|admission\/|language\/|testing\/|write-slice|\/service\.ts|\.test\.ts$/;
    const wrong = [...reachOf([DECIDER])].filter(
      (file) => !folders.test(file) || others.test(file),
    );
    expect(wrong).toEqual([]);
  });

  it('exist, so that this test sees something', () => {
    expect(crossing.length).toBeGreaterThan(10);
  });
});
