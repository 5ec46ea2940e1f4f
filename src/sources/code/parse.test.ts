import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { SourceFile } from '../reader.ts';
import {
  isReadable,
  type Language,
  languageOf,
  MAX_SOURCE_BYTES,
  parseSource,
  positionOf,
  reportBroken,
} from './parse.ts';

describe('parseSource', () => {
  const cases: [string, string, string][] = [
    ['a.js', 'f(1);', 'call_expression'],
    ['a.jsx', 'const a = <b c={f(1)} />;', 'call_expression'],
    ['a.mts', 'f(1 as number);', 'call_expression'],
    ['a.tsx', 'const a = <b>{f(1 as number)}</b>;', 'call_expression'],
    ['A.java', 'class A { void g() { f(1); } }', 'method_invocation'],
    ['A.kt', 'fun g() { f(1) }', 'call_expression'],
    ['a.py', 'f(1)', 'call'],
    ['a.go', 'package a\nfunc g() { f(1) }', 'call_expression'],
  ];
  it.each(cases)('reads %s in its language', (path, text, kind) => {
    const root = parseSource(languageOf(path) as Language, text);
    expect(root.find({ rule: { kind } })?.text()).toMatch(/^f\(1/);
  });

  it('knows no other languages', () => {
    expect(languageOf('a.css')).toBeUndefined();
    expect(languageOf('Makefile')).toBeUndefined();
  });
});

describe('positionOf', () => {
  it('counts lines and columns from 1, columns in UTF-16 code units', () => {
    const root = parseSource('javascript', 'a;\n"é😀"; f();');
    const call = root.find({ rule: { kind: 'call_expression' } });
    expect(call && positionOf(call)).toEqual({ line: 2, column: 8 });
  });
});

describe('reportBroken', () => {
  it('says where the syntax breaks first, and nothing of a whole file', () => {
    const said: Diagnostic[] = [];
    const report = (diagnostic: Diagnostic): void => void said.push(diagnostic);
    reportBroken(parseSource('java', 'class A {}'), 'A.java', 'java', report);
    reportBroken(parseSource('java', 'class A {\n  ] ) ]\n}'), 'B.java', 'java', report);
    expect(said).toMatchObject([{ code: 'java/malformed', file: 'B.java', line: 2 }]);
  });
});

describe('isReadable', () => {
  const line = 'const a = 1; // a line as people write them\n';
  const cases: [string, string, string, boolean][] = [
    ['a file of ordinary lines', 'a.js', line.repeat(500), true],
    ['minified code', 'a.js', 'a();'.repeat(5_000), false],
    ['a copied library', 'lib.js', `/*! Lib 1.0 */\n${line.repeat(3_000)}`, false],
    ['a short file with a licence', 'a.js', `/** @license MIT */\n${line}`, true],
    ['binary data', 'a.js', `a\0${line}`, false],
    ['a file beyond the limit', 'a.js', line.repeat(MAX_SOURCE_BYTES / 40), false],
  ];
  it.each(cases)('judges %s', (_, path, text, want) => {
    expect(isReadable(new SourceFile(path, Buffer.from(text)), 'javascript', () => {})).toBe(want);
  });

  it('says so where a file is too large', () => {
    const said: Diagnostic[] = [];
    const file = new SourceFile('a.js', Buffer.alloc(MAX_SOURCE_BYTES + 1, 'a\n'));
    isReadable(file, 'javascript', (diagnostic) => said.push(diagnostic));
    expect(said).toMatchObject([{ severity: 'note', code: 'javascript/too-large', file: 'a.js' }]);
  });
});
