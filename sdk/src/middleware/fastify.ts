import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { toTemplate } from '../authorization/index.ts';
import type { Caller } from '../caller.ts';
import { arrivalOf } from './arrival.ts';
import { createGate } from './gate.ts';
import { type CallerOptions, ownOptions } from './options.ts';
import { toProblemResponse } from './refusal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling, proved; undefined on paths that need no caller, and with `optional`. */
    caller: Caller | undefined;
  }
}

const plugin: FastifyPluginAsync<CallerOptions> = async (fastify: FastifyInstance, given) => {
  const options = ownOptions(given);
  const gate = createGate(options);
  if (!fastify.hasRequestDecorator('caller')) fastify.decorateRequest('caller', undefined);
  fastify.addHook('onRequest', async (request, reply) => {
    const outcome = await gate(arrivalOf(request.raw, templateOf(request)));
    if (outcome.admitted) {
      request.caller = outcome.caller;
      return;
    }
    const { status, headers, body } = toProblemResponse(outcome.refusal, options.jwt !== undefined);
    return reply.code(status).headers(headers).send(body);
  });
};

const templateOf = ({ routeOptions: { url } }: FastifyRequest): string | undefined =>
  url === undefined ? undefined : toTemplate(url, '()');

/** Plugin for Fastify 5 that lets verified callers in, as `request.caller`: on all routes of the instance
 *  that it is registered on, and those below.
 *  @throws {ReeveError} `middleware/options-invalid` */
export const requireCaller = Object.assign(plugin, {
  // Hooks are for the instance that registers the plugin, not for one of its own.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@reeve/sdk',
  [Symbol.for('plugin-meta')]: { name: '@reeve/sdk', fastify: '5.x' },
});
