import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFolder, testGolden } from '../golden.ts';
import { javascript } from './index.ts';

describe('javascript', () => {
  testGolden(javascript, join(import.meta.dirname, 'testdata'));

  it('gives observations or nothing for any text, and ends', () => {
    const pieces = [
      "import express from 'express';\n",
      'const app = express();\n',
      'app.use(',
      "app.get('/x', ",
      'function f(a, ...b) { return f(a) }\n',
      'class A extends A { constructor() { super(); this.a = new A() } }\n',
      'for (const x of [1, 2]) ',
      "@Controller('x') class B { @Get(':id') g() {} }\n",
      'export * from "./a";\n',
      'const { a: { b = c }, ...d } = app;\n',
      '`$'.concat('{app}`'),
      '/[/',
      '(',
      ')',
      '{',
      '}',
      ';\n',
    ];
    const folder = mkdtempSync(join(tmpdir(), 'javascript-'));
    const text = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((each) => each.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }).map((each) => `import 'express';${each}`),
    );
    try {
      fc.assert(
        fc.property(text, (source) => {
          writeFileSync(join(folder, 'a.ts'), source);
          expect(describeFolder(javascript, folder)).not.toContain('failed');
        }),
        { numRuns: 150 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['calls', `${'a(\n'.repeat(20_000)}${')'.repeat(20_000)}`],
    ['brackets', '[\n'.repeat(50_000)],
    ['chains', `app${'.use(x)\n'.repeat(20_000)};`],
    ['sums', `const p = ${"'/a' +\n".repeat(20_000)}'';`],
    ['rings of functions', 'function f(){ f(); f(); g(); } function g(){ f(); f(); } f();'],
    ['doubling texts', `let t = 'aaaa'; ${'t = t + t;\n'.repeat(500)} app.get(t, () => {});`],
    [
      'doubling lists',
      `let t = [1, 2]; ${'t = [...t, ...t];\n'.repeat(60)} t.forEach((x) => app.get('/x', x));`,
    ],
  ])('ends on long and deep %s', (_, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'javascript-'));
    try {
      writeFileSync(
        join(folder, 'a.js'),
        `const app = require('express')();\napp.get('/first', (q, r) => {});\n${code}\n`,
      );
      expect(describeFolder(javascript, folder)).toContain('GET /first');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
