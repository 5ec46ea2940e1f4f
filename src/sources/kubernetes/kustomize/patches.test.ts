import { describe, expect, it } from 'vitest';
import type { Places } from '../manifest.ts';
import { applyOperation } from './json-patch.ts';
import { mergeStrategic } from './strategic-merge.ts';

const places: Places = {
  file: 'a.yaml',
  at: () => ({ line: 1, column: 1 }),
  valueAt: () => ({ line: 1, column: 1 }),
};
const origin = { places, path: [] };

describe('mergeStrategic', () => {
  const container = (name: string, rest = {}) => ({ name, ...rest });
  it.each<[string, unknown, unknown, unknown]>([
    ['adds and replaces keys', { a: 1, b: 2 }, { b: 3, c: 4 }, { a: 1, b: 3, c: 4 }],
    ['removes what is null', { a: 1, b: 2 }, { b: null }, { a: 1 }],
    ['replaces lists without a merge key', { args: ['a'] }, { args: ['b'] }, { args: ['b'] }],
    [
      'merges containers by name',
      { containers: [container('a', { image: 'x' }), container('b')] },
      { containers: [container('b', { image: 'y' }), container('c')] },
      {
        containers: [
          container('a', { image: 'x' }),
          container('b', { image: 'y' }),
          container('c'),
        ],
      },
    ],
    [
      'removes items by $patch',
      { containers: [container('a'), container('b')] },
      { containers: [{ $patch: 'delete', name: 'a' }] },
      { containers: [container('b')] },
    ],
    ['replaces by $patch', { a: { x: 1 } }, { a: { $patch: 'replace', y: 2 } }, { a: { y: 2 } }],
    ['removes a whole mapping by $patch', { a: { x: 1 } }, { a: { $patch: 'delete' } }, {}],
    [
      'merges ports of containers and of Services',
      { ports: [{ port: 80, name: 'x' }] },
      { ports: [{ port: 80, targetPort: 8080 }] },
      { ports: [{ port: 80, name: 'x', targetPort: 8080 }] },
    ],
  ])('%s', (_, base, patch, want) => {
    expect(mergeStrategic({ value: base, origin }, { value: patch, origin })).toEqual(want);
  });
});

describe('applyOperation', () => {
  const base = { a: { 'b/c': [1, 2] } };
  it.each<[string, unknown, unknown]>([
    ['adds at an index', { op: 'add', path: '/a/b~1c/0', value: 0 }, { a: { 'b/c': [0, 1, 2] } }],
    ['adds at the end', { op: 'add', path: '/a/b~1c/-', value: 3 }, { a: { 'b/c': [1, 2, 3] } }],
    ['replaces', { op: 'replace', path: '/a', value: 1 }, { a: 1 }],
    ['replaces nothing that is not there', { op: 'replace', path: '/x', value: 1 }, undefined],
    ['removes', { op: 'remove', path: '/a/b~1c/1' }, { a: { 'b/c': [1] } }],
    ['copies', { op: 'copy', from: '/a', path: '/z' }, { ...base, z: base.a }],
    ['moves', { op: 'move', from: '/a', path: '/z' }, { z: base.a }],
    ['tests', { op: 'test', path: '/a/b~1c/0', value: 9 }, undefined],
    ['refuses what leads nowhere', { op: 'add', path: '/x/y/z', value: 1 }, undefined],
    ['refuses what is no operation', { op: 'merge', path: '/a' }, undefined],
  ])('%s', (_, operation, want) => {
    expect(applyOperation(base, operation, origin)).toEqual(want);
    expect(base).toEqual({ a: { 'b/c': [1, 2] } });
  });
});
