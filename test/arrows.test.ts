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

describe('the arrows between folders', () => {
  it('are those of the architecture', () => {
    const wrong = crossing.filter(({ from, to }) => !MAY_IMPORT[from]?.includes(to));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('lead through a door, which is an index.ts', () => {
    const wrong = crossing.filter(
      ({ file, to, target }) =>
        !OPEN.includes(to) && !target.endsWith('/index.ts') && !/\.test\.ts$|testing\//.test(file),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('exist, so that this test sees something', () => {
    expect(crossing.length).toBeGreaterThan(10);
  });
});
