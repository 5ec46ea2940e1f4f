import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinTemplates, parameterNames, type TemplateSyntax, toTemplates } from './template.ts';

describe('toTemplates', () => {
  const cases: [TemplateSyntax, string, string[]][] = [
    ['colon', '', ['/']],
    ['colon', '/', ['/']],
    ['colon', 'users', ['/users']],
    ['colon', '/users/', ['/users']],
    ['colon', '//users///x', ['/users/x']],
    ['colon', '/users/:id', ['/users/{id}']],
    ['colon', '/users/:id(\\d+)', ['/users/{id}']],
    ['colon', '/users/:id{[0-9]+}', ['/users/{id}']],
    ['colon', '/users/:id(^(?:a|b)$)/x', ['/users/{id}/x']],
    ['colon', '/users/:id?', ['/users', '/users/{id}']],
    ['colon', '/users{/:id}', ['/users', '/users/{id}']],
    ['colon', '/flights/:from-:to', ['/flights/{from}-{to}']],
    ['colon', '/files/*', ['/files/{path...}']],
    ['colon', '/files/*splat', ['/files/{splat...}']],
    ['colon', '/images*', ['/images', '/images/{path...}']],
    ['colon', '/files/(.*)', ['/files/{path...}']],
    ['colon', '/files/*rest/x', ['/files/{rest}/x']],
    ['colon', '/files/:rest(.*)', ['/files/{rest...}']],
    ['colon', '/files/:rest+', ['/files/{rest...}']],
    ['colon', '/files/:rest*', ['/files', '/files/{rest...}']],
    ['colon', '/files/v*rest', ['/files/v', '/files/v/{rest...}']],
    ['colon', '/:rest/x/*rest', ['/{rest}/x/{rest2...}']],
    ['colon', '/a/:id/b/:id', ['/a/{id}/b/{id2}']],
    ['colon', '/v1/items::cancel', ['/v1/items:cancel']],
    ['colon', '/:file.json', ['/{file}.json']],
    ['brace', '/users/{id}', ['/users/{id}']],
    ['brace', '/users/{id:[0-9]{3}}/x', ['/users/{id}/x']],
    ['brace', '/users/{id : \\d+}', ['/users/{id}']],
    ['brace', '/files/{path...}', ['/files/{path...}']],
    ['brace', '/files/{*rest}', ['/files/{rest...}']],
    ['brace', '/files/{file_path:path}', ['/files/{file_path...}']],
    ['brace', '/files/{file:.+}/', ['/files/{file...}']],
    ['brace', '/exact/{$}', ['/exact']],
    ['brace', '/files/**', ['/files/{path...}']],
    ['brace', '/owners/*/pets', ['/owners/{param}/pets']],
    ['brace', '/v1/items/{id}:cancel', ['/v1/items/{id}:cancel']],
    ['angle', '/users/<int:id>', ['/users/{id}']],
    ['angle', '/users/<id>/', ['/users/{id}']],
    ['angle', 'users/<path:rest>', ['/users/{rest...}']],
    ['regex', '^users/(?P<pk>[0-9]+)/$', ['/users/{pk}']],
    ['regex', '^\\/ratings\\/[0-9]*', ['/ratings/{param}']],
    ['regex', '^/api/(\\w+)/(\\d+)/?$', ['/api/{param}/{param2}']],
    ['regex', '^/a/(?<id>x{2})$', ['/a/{id}']],
    ['regex', '^files/(?P<rest>.*)$', ['/files/{rest...}']],
    ['regex', '^files/(.+)$', ['/files/{path...}']],
    ['regex', '.*fly$', ['/{path}fly']],
    ['regex', '^/(?!api).*', ['/{path...}']],
  ];
  it.each(cases)('reads %s %s as %j', (syntax, written, want) => {
    expect(toTemplates(written, syntax)).toEqual(want);
  });

  it('leaves out a path that nobody would write by hand', () => {
    expect(toTemplates('/a'.repeat(5_000), 'colon')).toEqual([]);
  });

  it('gives one leading slash and no trailing one for any text, in little time', () => {
    const syntaxes: TemplateSyntax[] = ['colon', 'brace', 'angle', 'regex'];
    const writing = fc.string({
      unit: fc.constantFrom(...'/:*{}()[]<>?+\\^$.ab1-'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.constantFrom(...syntaxes), writing, (syntax, written) => {
        const templates = toTemplates(written, syntax);
        expect(templates.length).toBeLessThanOrEqual(16);
        for (const template of templates) expect(template).toMatch(/^\/(?:.*[^/])?$/s);
      }),
    );
  });
});

describe('joinTemplates', () => {
  it.each([
    ['', '/', '/'],
    ['/', '/', '/'],
    ['/api', '/', '/api'],
    ['api/', 'users', '/api/users'],
    ['/a/{id}', '/b/{id}', '/a/{id}/b/{id2}'],
    ['/files/{path...}', '/', '/files/{path...}'],
    ['/files/{path...}', '/x/{path...}', '/files/{path}/x/{path2...}'],
  ])('puts %j before %j as %j', (prefix, template, want) => {
    expect(joinTemplates(prefix, template)).toBe(want);
  });
});

describe('parameterNames', () => {
  it('gives the names in order', () => {
    expect(parameterNames('/a/{id}/b/{name...}')).toEqual(['id', 'name']);
  });
});
