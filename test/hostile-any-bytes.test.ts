import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../src/base/folder.ts';
import { credentials } from '../src/secrets/leaks/index.ts';
import {
  attribute,
  type FolderReading,
  READERS,
  type Reader,
  readFolder,
} from '../src/sources/index.ts';
import { folderOf, told } from './support/hostile-folder.ts';
import { SAMPLES } from './support/hostile-samples.ts';

const readers: readonly Reader[] = [...READERS, credentials(Buffer.from('key of the test'))];
const paths = Object.keys(SAMPLES);

type Change = (bytes: Buffer) => Buffer<ArrayBufferLike>;

const place = fc.double({ min: 0, max: 1, noNaN: true });
const flips: fc.Arbitrary<Change> = fc
  .array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 })
  .map((changes) => (bytes) => {
    const copy = Buffer.from(bytes);
    for (const [at, byte] of changes) copy[Math.floor(at * copy.length)] = byte;
    return copy;
  });
const cut: fc.Arbitrary<Change> = fc.tuple(place, place).map(
  ([from, to]) =>
    (bytes) =>
      bytes.subarray(from * bytes.length, to * bytes.length),
);
const without: fc.Arbitrary<Change> = fc.tuple(place, place).map(([from, length]) => (bytes) => {
  const start = Math.floor(from * bytes.length);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + length * 40)]);
});
const repeated: fc.Arbitrary<Change> = fc
  .tuple(place, place, fc.integer({ min: 1, max: 20 }))
  .map(([from, length, times]) => (bytes) => {
    const start = Math.floor(from * bytes.length);
    const slice = bytes.subarray(start, start + length * 100);
    return Buffer.concat([bytes, ...Array<Buffer>(times).fill(slice), bytes.subarray(start)]);
  });
/** Words that mean something to some reader, where they are not expected. */
const WORDS = [
  '{{',
  '}}',
  '${',
  '&a ',
  '*a',
  '<<: *a',
  '---\n',
  '[',
  '{',
  '(',
  '"',
  "'",
  '`',
  '\\',
  '\0',
  '\r',
  '\ufeff',
  '\u2028',
  '#',
  '/*',
  '<!--',
  '__proto__',
  'constructor',
  'null',
  '~',
  '1e999',
  '-0',
  '$ref: "#/"',
  '../',
  'http://',
  '*',
  '?',
  '|',
  '>',
  '%',
  '@',
  '!',
  '\t',
  'null: null\n',
] as const;
const spliced: fc.Arbitrary<Change> = fc
  .tuple(place, fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...Object.values(SAMPLES))))
  .map(([at, word]) => (bytes) => {
    const start = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, start), Buffer.from(word), bytes.subarray(start)]);
  });
const swapped: fc.Arbitrary<Change> = fc
  .constantFrom(...Object.values(SAMPLES))
  .map((other) => () => Buffer.from(other));
/** Names that every object of JavaScript has, in the place of any word. */
const renamed: fc.Arbitrary<Change> = fc
  .tuple(place, fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty'))
  .map(([at, name]) => (bytes) => {
    const text = bytes.toString('latin1');
    const words = [...text.matchAll(/[A-Za-z_][\w./-]*/g)];
    const { 0: word = '', index = 0 } = words[Math.floor(at * words.length)] ?? {};
    const changed = text.slice(0, index) + name + text.slice(index + word.length);
    return Buffer.from(changed, 'latin1');
  });
const change = fc.oneof(flips, cut, without, repeated, spliced, swapped, renamed);
const changes = fc.array(fc.tuple(fc.constantFrom(...paths), change), {
  minLength: 4,
  maxLength: 40,
});

function mutated(applied: readonly (readonly [string, Change])[]): Record<string, Buffer> {
  const files: Record<string, Buffer> = Object.fromEntries(
    paths.map((path) => [path, Buffer.from(SAMPLES[path] ?? '')]),
  );
  for (const [path, apply] of applied) files[path] = apply(files[path] ?? Buffer.alloc(0));
  return files;
}

/** Lines of a file as editors count them. */
function lineCount(bytes: Uint8Array): number {
  return Buffer.from(bytes).toString('latin1').split('\n').length;
}

function read(files: Readonly<Record<string, Buffer>>, order = readers): FolderReading {
  return readFolder(new Folder(folderOf(files)), order);
}

/** What holds for whatever was read. */
function expectSound(files: Readonly<Record<string, Buffer>>, reading: FolderReading): void {
  expect(told(reading).filter((line) => line.includes('/failed'))).toEqual([]);
  const json = JSON.stringify(reading);
  expect(JSON.parse(json).observations).toEqual(reading.observations);
  for (const { message } of reading.diagnostics) {
    expect(message).not.toMatch(
      /TypeError|ReferenceError|undefined is not|is not a function|call stack|\[object /,
    );
  }
  for (const { file, line, column } of [
    ...reading.diagnostics,
    ...reading.observations.map(({ source }) => source),
  ]) {
    if (file === undefined) continue;
    expect(Object.keys(files)).toContain(file);
    if (line === undefined) continue;
    expect(line, `line of ${file}`).toBeGreaterThanOrEqual(1);
    // UTF-16 is counted in its own characters.
    if (!/^(?:\xff\xfe|\xfe\xff)/.test(files[file]?.toString('latin1') ?? '')) {
      expect(line, `line of ${file}`).toBeLessThanOrEqual(
        lineCount(files[file] ?? Buffer.alloc(0)),
      );
    }
    expect(column ?? 1, `column in ${file}`).toBeGreaterThanOrEqual(1);
  }
}

describe('every reader', () => {
  it('reads the samples, which hold something for each', () => {
    const files = mutated([]);
    const reading = read(files);
    expectSound(files, reading);
    const broken = reading.diagnostics.filter(({ severity }) => severity === 'error');
    expect(broken).toEqual([]);
    const found = new Set(reading.observations.map(({ source }) => source.file));
    const silent = paths.filter((path) => !found.has(path));
    expect(silent.length, `nothing in ${silent}`).toBeLessThan(paths.length / 2);
  });

  it('gives observations or diagnostics for any bytes under any name', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 200 }),
        (bytes, text) => {
          const contents = [Buffer.from(bytes), Buffer.from(text)];
          const files = Object.fromEntries(
            paths.map((path, index) => [path, contents[index % 2] ?? Buffer.alloc(0)]),
          );
          expectSound(files, read(files));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('gives observations or diagnostics for files that were changed anywhere', () => {
    fc.assert(
      fc.property(changes, (applied) => {
        const files = mutated(applied);
        expectSound(files, read(files));
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the others, nor attribution on the order of what they say', () => {
    const lines = (reading: Pick<FolderReading, 'observations'>) =>
      reading.observations.map((one) => JSON.stringify(one)).sort();
    fc.assert(
      fc.property(changes, fc.nat(), (applied, seed) => {
        const files = mutated(applied);
        const forward = read(files);
        const backward = read(files, [...readers].reverse());
        expect(lines(backward)).toEqual(lines(forward));
        const turn = forward.observations.length === 0 ? 0 : seed % forward.observations.length;
        const turned = [
          ...forward.observations.slice(turn).reverse(),
          ...forward.observations.slice(0, turn),
        ];
        const options = { environment: 'test' };
        const facts = (observations: FolderReading['observations']) =>
          [
            ...new Set(attribute(observations, options).facts.map((fact) => JSON.stringify(fact))),
          ].sort();
        expect(facts(turned)).toEqual(facts(forward.observations));
      }),
      { numRuns: 20 },
    );
  });
});
