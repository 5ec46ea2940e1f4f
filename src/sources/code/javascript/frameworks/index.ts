import { EXPRESS, POLKA, RESTIFY } from './express.ts';
import { FASTIFY } from './fastify.ts';
import type { Framework } from './framework.ts';
import { HONO } from './hono.ts';
import { HTTP, HTTP_DISPATCHER } from './http.ts';
import { KOA } from './koa.ts';
import { NEST_APPLICATION } from './nest-application.ts';

/** Every framework whose calls register routes. The first that fits a parameter's name wins. */
export const FRAMEWORKS: readonly Framework[] = [
  EXPRESS,
  FASTIFY,
  KOA,
  HONO,
  NEST_APPLICATION,
  HTTP,
  HTTP_DISPATCHER,
  POLKA,
  RESTIFY,
];

const BY_MODULE: ReadonlyMap<string, Framework> = new Map(
  FRAMEWORKS.flatMap((framework) =>
    framework.modules.map((module) => [module, framework] as const),
  ),
);

/** The framework that a package belongs to. */
export function frameworkOf(module: string): Framework | undefined {
  return BY_MODULE.get(module) ?? BY_MODULE.get(`${module.split('/', 1)[0]}/*`);
}
