// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Spring are what is tested
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFolder, testGolden } from '../golden.ts';
import { java } from './index.ts';

describe('java', () => {
  testGolden(java, join(import.meta.dirname, 'testdata'));

  it('gives observations or notes for any text, and ends', () => {
    const pieces = [
      '@RestController class A extends B implements C<D> {\n',
      '@RequestMapping("/x")\n',
      '@GetMapping({A.B, C + "/x"}) ',
      '@Path("{x : }") ',
      '@FeignClient(url = "${a:${b:c}}") interface F {\n',
      'A f(@RequestBody A a) {}\n',
      'static String B = C + B;\n',
      'const val C = "$B/x"\n',
      '@PostMapping(path = [A.B, "/y"]) fun g(@RequestBody a: A?) {}\n',
      'val r = router { "/x".nest { GET("/y", h) } }\n',
      'RouterFunction r = route(GET("/x"), h).nest(path(X), ',
      '"',
      '(',
      ')',
      '}',
      ';\n',
    ];
    const text = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((each) => each.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }).map((each) => `@RestController ${each}`),
    );
    const folder = mkdtempSync(join(tmpdir(), 'java-'));
    try {
      fc.assert(
        fc.property(text, (source) => {
          for (const name of ['A.java', 'B.kt']) writeFileSync(join(folder, name), source);
          expect(describeFolder(java, folder)).not.toContain('failed');
        }),
        { numRuns: 150 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['sums', `${'"/a" +\n'.repeat(20_000)}""`],
    ['brackets', `${'(\n'.repeat(20_000)}""${')'.repeat(20_000)}`],
    ['placeholders', `"${'${a:'.repeat(900)}${'}'.repeat(900)}"`],
  ])('ends on long and deep %s', (_, expression) => {
    const folder = mkdtempSync(join(tmpdir(), 'java-'));
    try {
      const code = `@RestController class A {\n@GetMapping("/first") void f() {}\n@GetMapping(${expression}) void g() {}\n}\n`;
      writeFileSync(join(folder, 'A.java'), code);
      expect(describeFolder(java, folder)).toContain('GET /first');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
