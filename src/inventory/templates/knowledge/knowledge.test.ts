import { describe, expect, it } from 'vitest';
import type { Prior } from '../port.ts';
import { knownOf, shapeOf, steps, templateAt } from './index.ts';
import { fits, patternOf } from './segment-pattern.ts';

describe('patterns of segments', () => {
  it.each<[pattern: string, segment: string, fit: boolean]>([
    ['{id}', 'x', true],
    ['{id}', '{integer}', true],
    ['{id}.json', 'a.json', true],
    ['{id}.json', '.json', false],
    ['{id}.json', 'a.xml', false],
    ['{base}...{head}', 'a...b', true],
    ['{base}...{head}', '{any}...{any}', true],
    ['{base}...{head}', '...b', false],
    ['{a}-{b}-{c}', '1-2-3', true],
    ['{a}-{b}-{c}', '1--3', false],
    ['@{name}', '@ada', true],
    ['@{name}', 'ada', false],
  ])('%s, %s: %s', (pattern, segment, fit) => {
    expect(fits(segment, patternOf(segment === pattern ? segment : pattern))).toBe(fit);
  });

  it.each(['{path...}', '{path+}', '{*path}', '{**path}', '{path:.*}', '{proxy:path}', '**'])(
    '%s takes all that follows',
    (segment) => {
      expect(patternOf(segment).takesAll).toBe(true);
    },
  );

  it('names a parameter without its expression', () => {
    expect(patternOf('{id:[0-9]+}')).toMatchObject({ names: ['id'], takesAll: false });
    expect(patternOf('{path...}')).toMatchObject({ names: ['path'] });
    expect(patternOf('{base}...{head}')).toMatchObject({ takesAll: false });
  });

  it('have one shape whatever their parameters are called', () => {
    expect(shapeOf('/a/{x}/{y}.json/')).toBe(shapeOf('/a/{id}/{name}.json'));
  });
});

describe('templates known beforehand', () => {
  const at = (path: string, priors: readonly Prior[], method = 'GET'): string | undefined => {
    let nodes = [knownOf({ priors, corrections: [] }).root];
    for (const segment of path.split('/').filter(Boolean)) {
      const { literal, parameter } = steps(nodes, segment);
      nodes = [...literal, ...parameter];
    }
    return templateAt(nodes, method)?.template;
  };

  it.each<[title: string, path: string, templates: string[], want: string | undefined]>([
    ['the most literal first', '/a/b', ['/a/{x}', '/a/b', '/{y}/b'], '/a/b'],
    ['from the left', '/a/b', ['/{y}/b', '/a/{x}'], '/a/{x}'],
    ['partly literal before not', '/a/b.json', ['/a/{x}', '/a/{x}.json'], '/a/{x}.json'],
    ['one segment before any number', '/a/b', ['/a/{x+}', '/a/{x}'], '/a/{x}'],
    ['any number where nothing else fits', '/a/b/c/d', ['/a/{x+}', '/a/{x}'], '/a/{x+}'],
    ['another branch where the literal one ends', '/a/b/c', ['/a/b', '/a/{x}/c'], '/a/{x}/c'],
    ['nothing where nothing fits', '/a/b/c', ['/a/b'], undefined],
  ])('%s', (_, path, templates, want) => {
    const priors = templates.map((template): Prior => ({ from: 'code', template }));
    expect(at(path, priors)).toBe(want);
    expect(at(path, [...priors].reverse())).toBe(want);
  });

  it('hold for their method, or for any', () => {
    expect(at('/a', [{ from: 'code', method: 'POST', template: '/a' }])).toBeUndefined();
    expect(at('/a', [{ from: 'code', template: '/a' }])).toBe('/a');
  });

  it('are outranked by a person’s, even where those are less literal', () => {
    const { root } = knownOf({
      priors: [{ from: 'route', template: '/a/b' }],
      corrections: [{ correction: 'merge', template: '/a/{x}' }],
    });
    const [a] = steps([root], 'a').literal;
    const { literal, parameter } = steps(a ? [a] : [], 'b');
    expect(templateAt([...literal, ...parameter], 'GET')).toMatchObject({
      template: '/a/{x}',
      from: 'person',
    });
  });

  it('are outranked by what a person adopted only where that is as literal', () => {
    const adopted: Prior = { from: 'person', template: '/a/{x}' };
    expect(at('/a/b', [{ from: 'specification', template: '/a/b' }, adopted])).toBe('/a/b');
    expect(at('/a/b', [{ from: 'route', template: '/a/{y}' }, adopted])).toBe('/a/{x}');
    expect(at('/a/b', [adopted, { from: 'route', template: '/{y}/{z}' }])).toBe('/a/{x}');
  });

  it('say which values are literals', () => {
    const { literalValues } = knownOf({
      priors: [{ from: 'specification', template: '/2010-04-01/Accounts/{id}' }],
      corrections: [
        {
          correction: 'split',
          template: '/users/{id}',
          parameter: 'gone',
          values: ['7', 'me', 'a/b'],
        },
      ],
    });
    expect([...literalValues].sort()).toEqual(['2010-04-01', '7', 'a%2Fb']);
  });
});
