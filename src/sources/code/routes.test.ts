import { describe, expect, it } from 'vitest';
import { type CodeMount, emptyModel, type RouterModel, resolveRoutes, routerId } from './routes.ts';

const app = routerId('app.js', 'app');
const users = routerId('users.js', 'router');
const orders = routerId('orders.js', 'router');

function route(router: string, template: string) {
  const place = { file: router.slice(0, router.indexOf('#')), line: 1, column: 1 };
  return { router, reader: 'express', method: 'GET', template, place };
}
function mount(parent: string, child: string, prefix: string): CodeMount {
  return { parent, child, prefix };
}
function model(parts: Partial<RouterModel>): RouterModel {
  return { ...emptyModel(), routers: [{ id: app, isApplication: true }], ...parts };
}
function templates(parts: Partial<RouterModel>): string[] {
  return resolveRoutes(model(parts)).map(({ template, servedBy }) => `${template} ${servedBy}`);
}

describe('resolveRoutes', () => {
  const cases: [string, Partial<RouterModel>, string[]][] = [
    ['gives the routes of an application', { routes: [route(app, '/x')] }, ['/x app.js']],
    [
      'puts the prefix of a mount before the routes of the router',
      { routes: [route(users, '/{id}')], mounts: [mount(app, users, '/users')] },
      ['/users/{id} app.js'],
    ],
    [
      'follows names into other files',
      {
        routes: [route(users, '/x')],
        mounts: [mount(app, 'app.js#users', '/users')],
        aliases: [
          { name: 'app.js#users', means: 'users.js#default' },
          { name: 'users.js#default', means: users },
        ],
      },
      ['/users/x app.js'],
    ],
    [
      'gives a router that is mounted twice both of its prefixes',
      { routes: [route(users, '/x')], mounts: [mount(app, users, '/a'), mount(app, users, '/b')] },
      ['/a/x app.js', '/b/x app.js'],
    ],
    [
      'adds the own prefixes of routers, each of them',
      {
        routers: [
          { id: app, isApplication: true },
          { id: users, prefixes: ['/v1', '/v2'] },
        ],
        routes: [route(users, '/x')],
        mounts: [mount(app, users, '/users')],
      },
      ['/users/v1/x app.js', '/users/v2/x app.js'],
    ],
    [
      'gives the routes of a router that nothing mounts as they are',
      { routes: [route(users, '/x')] },
      ['/x users.js'],
    ],
    [
      'keeps the prefixes among routers that no application reaches',
      { routes: [route(users, '/x')], mounts: [mount(orders, users, '/orders')] },
      ['/orders/x users.js'],
    ],
    [
      'walks a ring of mounts once around',
      {
        routes: [route(users, '/x')],
        mounts: [mount(app, users, '/a'), mount(users, orders, '/b'), mount(orders, users, '/c')],
      },
      ['/a/x app.js'],
    ],
    [
      'does not lose a ring that no application reaches',
      {
        routes: [route(users, '/x')],
        mounts: [mount(users, orders, '/b'), mount(orders, users, '/c')],
      },
      ['/c/x users.js'],
    ],
    [
      'does not give an application twice that another one mounts',
      {
        routers: [
          { id: app, isApplication: true },
          { id: users, isApplication: true },
        ],
        routes: [route(users, '/x')],
        mounts: [mount(app, users, '/sub')],
      },
      ['/sub/x app.js'],
    ],
    [
      'stops at names that lead back to themselves',
      {
        routes: [route('a#x', '/x')],
        aliases: [
          { name: 'a#x', means: 'a#y' },
          { name: 'a#y', means: 'a#x' },
        ],
      },
      ['/x a'],
    ],
  ];
  it.each(cases)('%s', (_, parts, want) => {
    expect(templates(parts)).toEqual(want);
  });

  it('says that a guard stands before a route, wherever on the way it stands', () => {
    const guarded = [
      model({ routes: [{ ...route(app, '/x'), security: 'required' }] }),
      model({
        routes: [route(users, '/x')],
        mounts: [{ ...mount(app, users, '/u'), security: 'required' }],
      }),
      model({ routers: [{ id: users, security: 'required' }], routes: [route(users, '/x')] }),
    ];
    for (const each of guarded) expect(resolveRoutes(each)[0]?.security).toBe('required');
  });

  it('gives other protocols no prefix', () => {
    const topic = { ...route(users, 'orders.created'), protocol: 'event' as const };
    const mounts = [mount(app, users, '/api')];
    expect(resolveRoutes(model({ routes: [topic], mounts }))[0]?.template).toBe('orders.created');
  });

  it('ends on routers that mount one another twice at every level', () => {
    const mounts = Array.from({ length: 60 }, (_, level) => [
      mount(`f#${level}`, `f#${level + 1}`, '/a'),
      mount(`f#${level}`, `f#${level + 1}`, '/b'),
    ]).flat();
    expect(resolveRoutes(model({ mounts, routes: [route('f#60', '/x')] })).length).toBeLessThan(2);
  });
});
