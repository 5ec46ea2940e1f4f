import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTexts } from '../../read-texts.ts';
import { testGolden } from '../golden.ts';
import { textValue } from '../interpreter/value.ts';
import { dotnet } from './index.ts';
import { aspnetPath } from './path.ts';

describe('dotnet', () => {
  testGolden(dotnet, join(import.meta.dirname, 'testdata'));

  it('ends programs that call each other without end', () => {
    const functions = Array.from(
      { length: 60 },
      (_, index) => `void F${index}(WebApplication app) {\n${`F${index + 1}(app);\n`.repeat(6)}}\n`,
    );
    const text = `var app = WebApplication.Create();\n${functions.join('')}F0(app);\n`;
    const { diagnostics } = readTexts(dotnet, { 'Program.cs': text });
    expect(diagnostics.map(({ code }) => code)).toEqual(['dotnet/too-many-steps']);
  });

  it('gives endpoints or nothing for any text, and never throws', () => {
    const word = fc.constantFrom(
      ...'class A : B {|[Route("x/[controller]")]|[HttpGet("{id}")]|public int F(this IEndpointRouteBuilder a) {|var app = WebApplication.Create();|app.MapGet("/x", |app.F()|new A()|foreach (var x in |return|(|)|[|]|{|}|;|"|$"{x}"|=>|,|\n'.split(
        '|',
      ),
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (body) => {
        const { observations } = readTexts(dotnet, { 'A.cs': `// WebApplication\n${body}` });
        for (const observation of observations) {
          expect(observation).toMatchObject({ source: { file: 'A.cs' } });
        }
      }),
    );
  });
});

describe('aspnetPath', () => {
  it.each([
    ['items/{id:int}', ['items/{id}']],
    ['items/{id:int?}', ['items', 'items/{id}']],
    ['{controller=Home}/{id}', ['{controller}/{id}']],
    ['x/{page=1}', ['x', 'x/{page}']],
    ['{**slug}', ['{**slug}']],
    ['{ssn:regex(^\\d{{3}}$)}', ['{ssn}']],
    ['~/x', ['/x']],
  ])('reads %j', (written, want) => {
    expect(aspnetPath(textValue(written))).toEqual(want.map((path) => textValue(path)));
  });
});
