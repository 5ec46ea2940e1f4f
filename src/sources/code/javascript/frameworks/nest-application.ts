import { entryOf } from '../../table.ts';
import { toObject, type Value } from '../values.ts';
import type { ExternalCall, Framework, RouterKind } from './framework.ts';

/** A NestJS application as `NestFactory.create` gives it: it keeps what is said of it for when the
 *  controllers of its modules are put together (`../nest/`).
 *  @see NestJS, "Global prefix" and "Versioning" */
export const nestApplication: RouterKind = {
  reader: 'nestjs',
  invoke({ router, method, arguments: [first, second] }) {
    if (method === 'setGlobalPrefix') {
      if (first !== undefined) router.state.set('prefix', first);
      if (second !== undefined) router.state.set('prefixOptions', second);
    }
    if (method === 'enableVersioning') router.state.set('versioning', first ?? toObject());
    return router;
  },
};

const CALLS: Readonly<Record<string, (site: ExternalCall) => Value | undefined>> = {
  'NestFactory.create': create,
  'NestFactory.createMicroservice': create,
  'NestFactory.createApplicationContext': create,
  forwardRef: ({ world, arguments: [first] }) => first && world.call(first, []),
  'RouterModule.register': ({ arguments: [first] }) => first && toObject([['routes', first]]),
  'RouterModule.forRoutes': ({ arguments: [first] }) => first && toObject([['routes', first]]),
};

function create({ world, place, arguments: [root] }: ExternalCall): Value {
  const app = world.createRouter(nestApplication, place, { isApplication: true });
  if (root !== undefined) app.state.set('module', root);
  return app;
}

export const NEST_APPLICATION: Framework = {
  reader: 'nestjs',
  modules: ['@nestjs/core', '@nestjs/common'],
  call: (site) => entryOf(CALLS, site.callee.path.join('.'))?.(site),
};
