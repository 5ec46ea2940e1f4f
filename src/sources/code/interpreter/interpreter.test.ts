import { describe, expect, it } from 'vitest';
import { endpointLines, readTexts } from '../../read-texts.ts';
import { go } from '../go/index.ts';
import { python } from '../python/index.ts';
import { calledNames } from './called.ts';
import { Interpreter } from './interpreter.ts';
import { type Expression, name, type Statement, text } from './program.ts';
import { writtenTemplates } from './route-book.ts';
import { Scope } from './scope.ts';
import type { Semantics } from './semantics.ts';
import { fillHoles, hole, plainText, textValue, UNKNOWN, type Value } from './value.ts';

const NO_LIBRARIES: Semantics = {
  constructors: [],
  runsAlone: () => true,
  global: () => undefined,
  load: () => {},
  external: () => undefined,
  member: () => undefined,
  instance: () => undefined,
  unknownMethod: () => undefined,
};

const AT = { line: 1, column: 1 };

function call(callee: string, ...values: Expression[]): Expression {
  return {
    is: 'call',
    callee: name(callee),
    arguments: values.map((value) => ({ value })),
    types: [],
    at: AT,
  };
}

function define(label: string, body: readonly Statement[], ...parameters: string[]): Statement {
  return {
    is: 'function',
    function: {
      name: label,
      parameters: parameters.map((parameter) => ({ name: parameter })),
      decorators: [],
      body,
      at: AT,
    },
  };
}

function evaluate(statements: readonly Statement[], expression: Expression): Value {
  const interpreter = new Interpreter(NO_LIBRARIES);
  const scope = new Scope('a');
  interpreter.run(statements, scope);
  return interpreter.evaluate(expression, scope);
}

describe('Interpreter', () => {
  it.each<[string, readonly Statement[], Expression, string | undefined]>([
    ['joins texts', [], { is: 'join', parts: [text('/a'), text('/b')] }, '/a/b'],
    ['leaves holes', [], { is: 'join', parts: [text('/a/'), name('x')] }, `/a/${hole('x')}`],
    [
      'takes the first of two that is known',
      [],
      { is: 'either', options: [name('x'), text('y')] },
      'y',
    ],
    [
      'passes arguments',
      [define('f', [{ is: 'return', values: [name('p')] }], 'p')],
      call('f', text('z')),
      'z',
    ],
    ['calls nothing', [], call('f', text('z')), undefined],
    [
      'ends recursion',
      [define('f', [{ is: 'return', values: [call('f')] }])],
      call('f'),
      undefined,
    ],
    [
      'looks behind a return',
      [
        define('f', [
          { is: 'return', values: [name('?')] },
          { is: 'return', values: [text('b')] },
        ]),
      ],
      call('f'),
      'b',
    ],
  ])('%s', (_, statements, expression, want) => {
    const value = evaluate(statements, expression);
    expect(value.is === 'text' ? value.text : undefined).toBe(want);
  });

  it('keeps results apart by their arguments', () => {
    const twice = define(
      'f',
      [{ is: 'return', values: [{ is: 'join', parts: [name('p'), name('p')] }] }],
      'p',
    );
    const both: Expression = { is: 'join', parts: [call('f', text('a')), call('f', text('b'))] };
    expect(plainText(evaluate([twice], both))).toBe('aabb');
  });

  it.each([
    [
      'classes in layers',
      `${Array.from({ length: 60 }, (_, i) => `class C${i + 1}(C${i}, C${i}): pass\n`).join('')}C60().x()\n`,
    ],
    [
      'lists that hold themselves',
      'l = []\nl.append(l)\ndef f():\n    return l\nf()\nfor x in l:\n    x = l + l\n',
    ],
    [
      'doubling texts and lists',
      `t = "ab"\nl = [1, 2]\n${'t = t + t\nl = l + l\n'.repeat(200)}app.route(t)(f)\n`,
    ],
    [
      'deep expressions in deep calls',
      `${Array.from(
        { length: 40 },
        (_, i) => `def d${i}(a):\n    return ${'-('.repeat(70)}d${i + 1}(a)${')'.repeat(70)}\n`,
      ).join('')}d0(app)\n`,
    ],
    [
      'deep blocks',
      `${Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}if x:\n`).join('')}${' '.repeat(300)}pass\n`,
    ],
    ['long chains', `app${'.x()\\\n'.repeat(3_000)}\n`],
    [
      'nested loops',
      `${Array.from({ length: 9 }, (_, i) => `${' '.repeat(i)}for x${i} in ${JSON.stringify(Array(30).fill('a'))}:\n`).join('')}${' '.repeat(9)}app.x()\n`,
    ],
  ])('survives %s', (_, code) => {
    const reading = readTexts(python, {
      'a.py': `from flask import Flask\napp = Flask(__name__)\napp.add_url_rule('/first', view_func=print)\n${code}`,
    });
    expect(endpointLines(reading)[0]).toBe('GET /first a.py:3');
  });

  it('survives methods that are passed around', () => {
    const reading = readTexts(go, {
      'main.go': `package main
import "net/http"
func main() {
	handle := http.HandleFunc
	handle("/x", nil)
	m := http.NewServeMux()
	f := m.HandleFunc
	f("GET /y", nil)
}
`,
    });
    expect(endpointLines(reading)).toEqual(['ANY /x main.go:5', 'GET /y main.go:8']);
  });
});

describe('calledNames', () => {
  it('finds calls anywhere in a body', () => {
    const body: Statement[] = [
      {
        is: 'block',
        body: [{ is: 'return', values: [call('a', { is: 'list', items: [call('b')] })] }],
      },
      define('inner', [{ is: 'do', expression: { is: 'other', parts: [call('c')] } }]),
    ];
    expect([...calledNames(body)].sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('holes', () => {
  it('go at the beginning of a path, and are parameters elsewhere', () => {
    expect(fillHoles(`${hole('p')}/a/${hole('b')}`, (given) => `{${given}}`)).toBe('/a/{b}');
    expect(writtenTemplates(textValue(`/a/${hole('b.c')}/:d`), 'colon')).toEqual(['/a/{bc}/{d}']);
    expect(writtenTemplates(UNKNOWN, 'colon')).toEqual([]);
  });
});
