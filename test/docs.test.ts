import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PAGES } from '../scripts/docs.ts';

it.each(Object.entries(PAGES))('%s is up to date (run `node scripts/docs.ts`)', (path, render) => {
  expect(readFileSync(path, 'utf8')).toBe(render());
});
