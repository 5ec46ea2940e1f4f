import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PAGES } from '../scripts/docs.ts';

it.each(Object.entries(PAGES))('%s is up to date (run `node scripts/docs.ts`)', (path, render) => {
  expect(readFileSync(path, 'utf8')).toBe(render());
});

it('src/sources/README.md names every folder beside it, and no other', () => {
  const named = readFileSync('src/sources/README.md', 'utf8').matchAll(/`([\w-]+)\/`/g);
  const folders = readdirSync('src/sources', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...new Set([...named].map(([, name]) => name))].sort()).toEqual(folders.sort());
});
