import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Module,
  Param,
  Post,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { afterAll, describe, expect, it } from 'vitest';
import type { Question } from '../authorization/index.ts';
import type { Caller } from '../caller.ts';
import { CallerGuard, CallerModule, CallerOf, NoCallerNeeded } from './nestjs.ts';
import { keepsCallers } from './testing/frameworks.contract.ts';
import { idOf, type Served, World } from './testing/world.ts';

/** Decorators without their syntax, which Node does not strip. */
function decorate(type: object, method: string, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(type, method);
  for (const decorator of decorators) decorator(type, method, descriptor as never);
}

class Orders {
  one(caller: Caller | undefined, id?: string) {
    return { caller: caller ?? null, id };
  }
  add(caller: Caller | undefined) {
    return { caller: caller ?? null };
  }
  health(caller: Caller | undefined) {
    return { caller: caller ?? null };
  }
  change(caller: Caller | undefined) {
    return { caller: caller ?? null };
  }
  open(caller: Caller | undefined) {
    return { caller: caller ?? null };
  }
}
for (const method of ['one', 'add', 'health', 'change', 'open'])
  CallerOf()(Orders.prototype, method, 0);
Param('id')(Orders.prototype, 'one', 1);
decorate(Orders.prototype, 'one', Get('orders/:id'));
decorate(Orders.prototype, 'add', Post('orders'));
decorate(Orders.prototype, 'health', Get('healthz'));
decorate(Orders.prototype, 'change', Post('healthz'));
decorate(Orders.prototype, 'open', Get('open'), NoCallerNeeded());
Controller()(Orders);

async function applicationOf(...imports: DynamicModule[]): Promise<INestApplication> {
  class App {}
  Module({ imports, controllers: [Orders] })(App);
  return NestFactory.create(App, new ExpressAdapter(), { logger: false });
}

const listenerOf = (app: INestApplication): RequestListener => app.getHttpAdapter().getInstance();

keepsCallers('NestJS', {
  template: '/orders/{id}',
  serve: (world, options) => served(world, applicationOf(CallerModule.forRoot(options))),
});

async function served(world: World, app: Promise<INestApplication>): Promise<Served> {
  return world.serve(listenerOf(await (await app).init()));
}

describe('NestJS', () => {
  const world = new World();
  afterAll(() => world.close());

  it('lets everybody in where a handler says so', async () => {
    const { plain } = await served(world, applicationOf(CallerModule.forRoot()));
    expect(await world.call(`${plain}/open`)).toMatchObject({
      status: 200,
      json: { caller: null },
    });
    expect((await world.call(`${plain}/orders/42`)).status).toBe(401);
  });

  it('takes options from what is injected', async () => {
    class Settings {
      readonly open = ['/healthz'];
    }
    class SettingsModule {}
    Module({ providers: [Settings], exports: [Settings] })(SettingsModule);
    const callers = CallerModule.forRootAsync({
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: (settings: Settings) => ({ public: settings.open }),
    });
    const { plain } = await served(world, applicationOf(callers));
    expect((await world.call(`${plain}/healthz`)).status).toBe(200);
    expect((await world.call(`${plain}/orders/42`)).status).toBe(401);
  });

  it('tells the template with what is before it', async () => {
    const questions: Question[] = [];
    const authorize = (question: Question) => {
      questions.push(question);
      return { allowed: true } as const;
    };
    const app = await applicationOf(CallerModule.forRoot({ authorize }));
    app.setGlobalPrefix('api');
    app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    const { mtls } = await served(world, Promise.resolve(app));
    expect((await world.call(`${mtls}/api/v1/orders/42`)).status).toBe(200);
    expect(questions).toMatchObject([
      {
        path: '/api/v1/orders/42',
        template: '/api/v1/orders/{id}',
        caller: { spiffeId: idOf('web') },
      },
    ]);
  });

  it('refuses what is no HTTP request', async () => {
    const context = {
      getType: () => 'rpc',
      getHandler: () => Orders.prototype.one,
      getClass: () => Orders,
    };
    expect(await new CallerGuard().canActivate(context as never)).toBe(false);
  });

  it('works on the requests of Fastify, too', async () => {
    const headers: Record<string, string> = {};
    const request = {
      raw: { url: '/orders/42?x', method: 'GET', headers: {}, socket: {} },
      routeOptions: { url: '/orders/:id' },
    };
    const questions: Question[] = [];
    const authorize = (question: Question) => {
      questions.push(question);
      return { allowed: false, reason: 'closed' } as const;
    };
    const context = {
      getType: () => 'http',
      getHandler: () => Orders.prototype.one,
      getClass: () => Orders,
      switchToHttp: () => ({
        getRequest: () => request,
        getResponse: () => ({ header: (name: string, value: string) => (headers[name] = value) }),
      }),
    };
    const guard = new CallerGuard({ optional: true, authorize });
    await expect(guard.canActivate(context as never)).rejects.toMatchObject({
      status: 403,
      response: { code: 'caller/forbidden', detail: 'closed' },
    });
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(questions).toMatchObject([{ path: '/orders/42', template: '/orders/{id}' }]);
  });

  it('is not made with options that it does not know', () => {
    const options = { authorise: () => ({ allowed: false }) } as never;
    expect(() => new CallerGuard(options)).toThrow('`authorise` is no option');
  });
});
