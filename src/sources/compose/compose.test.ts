// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what is tested
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import { observationLines } from '../observation-lines.ts';
import { readFolder } from '../read.ts';
import { readTexts } from '../read-texts.ts';
import { compose } from './index.ts';
import { interpolate } from './interpolate.ts';
import { isComposeFile } from './project.ts';

const TESTDATA = join(import.meta.dirname, 'testdata');

describe('the compose reader', () => {
  it.each(readdirSync(TESTDATA))('reads %s as its golden file says', async (name) => {
    const folder = join(TESTDATA, name);
    const { observations, diagnostics } = readFolder(new Folder(join(folder, 'input')), [compose]);
    expect(diagnostics).toEqual([]);
    await expect(`${observationLines(observations)}\n`).toMatchFileSnapshot(join(folder, 'want'));
  });

  it.each([
    ['docker-compose.yml', true],
    ['a/compose.prod.yaml', true],
    ['quickstart-docker-compose.yml', true],
    ['decompose.yml', false],
    ['docker-compose.md', false],
  ])('takes %s for a Compose file: %s', (path, want) => {
    expect(isComposeFile(path)).toBe(want);
  });

  it('ends where files extend each other', () => {
    const text = (file: string) => `services: { a: { extends: { file: ${file}, service: a } } }`;
    readTexts(compose, { 'compose.yml': text('b.yml'), 'b.yml': text('compose.yml') });
  });

  it('gives observations or diagnostics for any bytes and shapes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.jsonValue({ maxDepth: 4 }),
        (bytes, value) => {
          const services = {
            a: { image: value, build: value, environment: value, ports: [value], links: value },
          };
          readTexts(compose, {
            'compose.yml': Buffer.from(bytes),
            'docker-compose.yml': JSON.stringify({ services, include: [value] }),
            'compose.b.yml': JSON.stringify({ services: value }),
          });
        },
      ),
    );
  });
});

describe('interpolate', () => {
  const variables = new Map([
    ['A', 'x'],
    ['EMPTY', ''],
  ]);
  it.each([
    ['$A ${A}', 'x x'],
    ['$$A', '$A'],
    ['${EMPTY:-d} ${EMPTY-d}', 'd '],
    ['${B:-d} ${B-d} ${B:-${A}}', 'd d x'],
    ['${A:+y} ${B:+y}', 'y '],
    ['${B} ${B:?needed}', '${B} ${B}'],
  ])('turns %s into %s', (text, want) => {
    expect(interpolate(text, variables)).toBe(want);
  });
});
