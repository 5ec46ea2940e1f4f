import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from './budget.ts';
import { Evaluator } from './evaluate.ts';
import { MappedOutput } from './output.ts';
import { parseTemplate } from './parser.ts';
import { TemplateError } from './template.ts';

const ROOT = {
  Values: {
    name: 'orders',
    port: 80,
    off: false,
    empty: '',
    list: ['b', 'a'],
    map: { b: 2, a: 'x: 1' },
    deep: { er: { value: 'found' } },
    nothing: null,
  },
  Release: { Name: 'shop' },
};

function render(text: string): { text: string; skipped: string[] } {
  const { nodes, named } = parseTemplate(text);
  const skipped: string[] = [];
  const output = new MappedOutput();
  const evaluator = new Evaluator({
    named: new Map([...named].map(([name, body]) => [name, { file: 'a', nodes: body }])),
    budget: new Budget(),
    onSkipped: (what, { offset }) => skipped.push(`${what} at ${offset}`),
  });
  evaluator.run({ file: 'a', nodes }, structuredClone(ROOT), output);
  return { text: output.text(), skipped };
}

describe('templates', () => {
  it.each([
    ['{{ .Values.name }}', 'orders'],
    ['{{.Values.deep.er.value}}', 'found'],
    ['{{ .Values.missing.deeper }}', ''],
    ['a {{- .Values.name -}} \n b', 'aordersb'],
    ['{{/* gone }} */}}x', 'x'],
    ['{{ "a}}b" }}', 'a}}b'],
    ['{{ `a"b` | quote }}', '"a\\"b"'],
    ['{{ if .Values.off }}a{{ else if .Values.port }}b{{ else }}c{{ end }}', 'b'],
    ['{{ if and .Values.name (not .Values.off) }}a{{ end }}', 'a'],
    ['{{ if or .Values.off .Values.empty }}a{{ else }}b{{ end }}', 'b'],
    ['{{ with .Values.deep }}{{ .er.value }}{{ $.Release.Name }}{{ end }}', 'foundshop'],
    ['{{ with .Values.empty }}a{{ else }}b{{ end }}', 'b'],
    ['{{ range .Values.list }}{{ . }},{{ end }}', 'b,a,'],
    ['{{ range $i, $x := .Values.list }}{{ $i }}{{ $x }}{{ end }}', '0b1a'],
    ['{{ range $k, $v := .Values.map }}{{ $k }}={{ $v }};{{ end }}', 'a=x: 1;b=2;'],
    ['{{ range .Values.nothing }}a{{ else }}none{{ end }}', 'none'],
    ['{{ range .Values.list }}{{ if eq . "a" }}{{ break }}{{ end }}{{ . }}{{ end }}', 'b'],
    ['{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}', '2'],
    ['{{ define "n" }}<{{ .name }}>{{ end }}{{ include "n" .Values | upper }}', '<ORDERS>'],
    ['{{ define "n" }}<{{ . }}>{{ end }}{{ template "n" .Values.name }}', '<orders>'],
    ['{{ block "n" .Values }}{{ .port }}{{ end }}', '80'],
    ['{{ tpl "{{ .Values.name }}" . }}', 'orders'],
    ['{{ .Values.empty | default "x" }}', 'x'],
    ['{{ default "x" .Values.name }}', 'orders'],
    ['{{ printf "%s-%d-%05.1f%%" .Values.name .Values.port 1.5 }}', 'orders-80-001.5%'],
    ['{{ .Values.name | trunc 3 | trimSuffix "d" }}', 'or'],
    ['{{ replace "r" "R" .Values.name }}', 'oRdeRs'],
    ['{{ toYaml .Values.map | nindent 2 }}', "\n  a: 'x: 1'\n  b: 2"],
    ['{{ (index .Values.list 1) }}', 'a'],
    ['{{ (dict "k" (dict "l" 3)).k.l }}', '3'],
    ['{{ hasKey .Values "off" }}', 'true'],
    ['{{ ternary "a" "b" .Values.off }}', 'b'],
    ['{{ join "," (sortAlpha .Values.list) }}', 'a,b'],
    ['{{ add 1 2 .Values.port | int }}', '83'],
    ['{{ semverCompare ">=1.19-0" "v1.33.0" }}', 'true'],
    ['{{ semverCompare "<1.14-0" "v1.33.0" }}', 'false'],
    ['{{ regexReplaceAll "[^a-z]" "a1b2" "" }}', 'ab'],
    ['{{ mustToJson .Values.list }}', '["b","a"]'],
    ['{{ coalesce .Values.empty .Values.name }}', 'orders'],
    ['{{ dig "er" "value" "none" .Values.deep }}', 'found'],
  ])('renders %j', (template, want) => {
    expect(render(template)).toEqual({ text: want, skipped: [] });
  });

  it('leaves out what it does not know, and says where', () => {
    expect(render('a {{ frobnicate 1 }} {{ .Values.name }}')).toEqual({
      text: 'a  orders',
      skipped: ['the function `frobnicate` at 2'],
    });
  });

  it.each([
    '{{ if .x }}',
    '{{ end }}',
    '{{ .a',
    '{{ ( .a }}',
    '{{ "a }}',
    '{{ define }}{{ end }}',
    '{{ .a | }}',
    '{{ if }}{{ end }}',
  ])('refuses %j with its place', (template) => {
    expect(() => parseTemplate(template)).toThrow(TemplateError);
  });

  it('renders or refuses any text, and never hangs', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      '-}}',
      ' ',
      '.a',
      '$x',
      ':=',
      'if',
      'else',
      'end',
      'range',
      '"',
      '(',
      ')',
      '|',
      'include',
      '\n',
      'x',
      '1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          render(pieces.join(''));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
