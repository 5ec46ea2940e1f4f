import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointLines, readTexts } from '../../read-texts.ts';
import { testGolden } from '../golden.ts';
import { python } from './index.ts';

describe('python', () => {
  testGolden(python, join(import.meta.dirname, 'testdata'));

  it('unrolls loops over tables, and points at the row', () => {
    const reading = readTexts(python, {
      'app.py': `from flask import Flask
app = Flask(__name__)
TABLE = [
    ('/a', 'GET'),
    ('/b', 'POST'),
]
for path, method in TABLE:
    app.add_url_rule(path, view_func=print, methods=[method])
for path, view in {'/c': print}.items():
    app.route(path)(view)
`,
    });
    expect(endpointLines(reading)).toEqual([
      'GET /a app.py:4',
      'POST /b app.py:5',
      'GET /c app.py:10',
    ]);
  });

  it('fills what is not known in a path with a parameter, and drops an unknown prefix', () => {
    const reading = readTexts(python, {
      'app.py': `from flask import Flask
import os
app = Flask(__name__)
app.add_url_rule(os.getenv('PREFIX') + '/a', view_func=print)
app.add_url_rule(os.getenv('PREFIX', '/p') + '/b', view_func=print)
app.add_url_rule('/c/%s/d' % os.getenv('NAME'), view_func=print)
app.add_url_rule('/{}/e'.format('x'), view_func=print)
app.add_url_rule(os.getenv('PATH'), view_func=print)
`,
    });
    expect(endpointLines(reading)).toEqual([
      'GET /a app.py:4',
      'GET /p/b app.py:5',
      'GET /c/{getenv}/d app.py:6',
      'GET /x/e app.py:7',
    ]);
  });

  it('ends programs that call each other without end', () => {
    const functions = Array.from(
      { length: 60 },
      (_, index) => `def f${index}(app):\n${`    f${index + 1}(app)\n`.repeat(6)}`,
    );
    const reading = readTexts(python, {
      'app.py': `from flask import Flask\n${functions.join('')}\nf0(Flask(__name__))\n`,
    });
    expect(reading.diagnostics.map(({ code }) => code)).toEqual(['python/too-many-steps']);
  });

  it('gives endpoints or nothing for any text, and never throws', () => {
    const word = fc.constantFrom(
      ...'from flask import Flask|app = Flask(x)|@app.route("/x")|def f(a):|class K(|for x in|(|)|[|]|{|}|"|\'|\n|\n  |=|:|,|f"{x}"|lambda|*|%|urlpatterns'.split(
        '|',
      ),
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (body) => {
        const { observations } = readTexts(python, { 'a.py': `import flask\n${body}` });
        for (const observation of observations) {
          expect(observation).toMatchObject({ source: { file: 'a.py' } });
        }
      }),
    );
  });
});
