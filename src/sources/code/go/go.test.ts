import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointLines, readTexts } from '../../read-texts.ts';
import { testGolden } from '../golden.ts';
import { go } from './index.ts';

const HEAD = 'package main\n\nimport "net/http"\n\n';

describe('go', () => {
  testGolden(go, join(import.meta.dirname, 'testdata'));

  it('ends programs that call each other without end', () => {
    const functions = Array.from(
      { length: 60 },
      (_, index) => `func f${index}(m *http.ServeMux) {\n${`\tf${index + 1}(m)\n`.repeat(6)}}\n`,
    );
    const text = `${HEAD}${functions.join('')}func main() { f0(http.NewServeMux()) }\n`;
    const { diagnostics } = readTexts(go, { 'main.go': text });
    expect(diagnostics.map(({ code }) => code)).toEqual(['go/too-many-steps']);
  });

  it('reads expressions nested too deep as unknown', () => {
    const deep = `${'(\n'.repeat(5_000)}"/x"${')'.repeat(5_000)}`;
    const text = `${HEAD}func main() {\n\thttp.HandleFunc("/a", nil)\n\thttp.HandleFunc(${deep}, nil)\n}\n`;
    expect(endpointLines(readTexts(go, { 'main.go': text }))).toEqual(['ANY /a main.go:6']);
  });

  it('gives endpoints or nothing for any text, and never throws', () => {
    const word = fc.constantFrom(
      ...'func main() {|func (s *S) f(m *http.ServeMux) T {|}|http.HandleFunc("/x", |http.NewServeMux()|type S struct {|type T []S|T{|for _, x := range |var x = |const c =|return|(|)|[|]|,|\n|"|`|.|:=|=|m.Handle("GET /y", z)'.split(
        '|',
      ),
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, text, (body, module) => {
        const { observations } = readTexts(go, { 'a.go': `${HEAD}${body}`, 'go.mod': module });
        for (const observation of observations) {
          expect(observation).toMatchObject({ source: { file: 'a.go' } });
        }
      }),
    );
  });
});
