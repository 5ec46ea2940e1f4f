import { describe, expect, it } from 'vitest';
import { Fault } from '../src/base/fault.ts';
import { Folder } from '../src/base/folder.ts';
import { type Reader, readFolder } from '../src/sources/index.ts';
import { folderOf, told } from './support/hostile-folder.ts';

const FILES = { 'a.txt': 'a', 'b.txt': 'b' };

/** Observes the path of each file, and says once at the end that it is done. */
function plainReader(change: Partial<Reader> = {}): Reader {
  return {
    name: 'plain',
    wants: () => true,
    start: (context) => ({
      read: (file) => observe(context, file.path),
      finish: () => observe(context, 'finish'),
    }),
    ...change,
  };
}

function observe(context: Parameters<Reader['start']>[0], name: string): void {
  context.observe({
    kind: 'service',
    subject: { by: 'name', name },
    source: { reader: 'plain', how: 'declared', file: 'a.txt' },
  });
}

function failing(step: 'wants' | 'start' | 'read' | 'finish', thrown: unknown): Reader {
  const fail = (): never => {
    throw thrown;
  };
  const run = { read: () => {}, finish: () => {} };
  return {
    name: 'broken',
    wants: step === 'wants' ? fail : () => true,
    start: step === 'start' ? fail : () => (step in run ? { ...run, [step]: fail } : run),
  };
}

const nested = (): never => nested();
function overflow(): unknown {
  try {
    return nested();
  } catch (thrown) {
    return thrown;
  }
}

describe('a reader that breaks', () => {
  const each = ['error broken/failed a.txt', 'error broken/failed b.txt'];
  it.each([
    ['wants', each],
    ['start', ['error broken/failed .']],
    ['read', each],
    ['finish', ['error broken/failed .']],
  ] as const)('when asked for `%s` costs a diagnostic and nothing else', (step, want) => {
    const folder = new Folder(folderOf(FILES));
    const value = 'what was read';
    for (const thrown of [new TypeError(value), new Error(value), value, undefined, overflow()]) {
      const readers = [plainReader(), failing(step, thrown), plainReader({ name: 'last' })];
      const reading = readFolder(folder, readers);
      expect(told(reading)).toEqual(want);
      expect(JSON.stringify(reading.diagnostics)).not.toContain(value);
      expect(reading.observations).toHaveLength(6);
    }
  });

  it('with a fault of its input keeps the code, the sentence and the place', () => {
    const fault = new Fault('broken/invalid', 'must be a list', { line: 2, column: 3, hint: 'h' });
    const reading = readFolder(new Folder(folderOf(FILES)), [failing('read', fault)]);
    expect(reading.diagnostics[0]).toEqual({
      severity: 'error',
      code: 'broken/invalid',
      message: 'must be a list',
      hint: 'h',
      file: 'a.txt',
      line: 2,
      column: 3,
    });
  });

  it('after it has observed something does not take that back', () => {
    const reader = plainReader({
      start: (context) => ({
        read: (file) => {
          observe(context, file.path);
          throw new RangeError('later');
        },
      }),
    });
    const reading = readFolder(new Folder(folderOf(FILES)), [reader]);
    expect(reading.observations).toHaveLength(2);
  });
});
