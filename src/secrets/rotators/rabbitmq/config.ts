import { z } from 'zod';
import { connectionShape, Host, nameOf, Port, tlsShape, turns } from '../config.ts';
import type { Proof } from '../network.ts';

/** Names end up in addresses and in logins of HTTP, in which a colon ends them. */
const User = nameOf(128).regex(/^[^:]+$/, 'without colons');

/** A broker, and its HTTP API. */
export const rabbitmqShape = {
  ...connectionShape,
  port: Port.default(5_671).describe('Where AMQP is spoken; commonly 5672 without TLS'),
  management: z
    .strictObject({ host: Host.optional(), port: Port.default(15_671), ...tlsShape })
    .prefault({})
    .describe(
      'Where the HTTP API is, by which users are changed; what is not said is as for AMQP. Commonly at 15672 without TLS',
    ),
};

/** How users of RabbitMQ are rotated. */
export const RabbitmqRotation = z.strictObject({
  ...rabbitmqShape,
  vhosts: z
    .array(nameOf(128))
    .min(1)
    .max(32)
    .default(['/'])
    .describe(
      'Virtual hosts that consumers work in: a new value is tried in each, and names the first',
    ),
  consumers: z
    .enum(['amqp', 'management'])
    .default('amqp')
    .describe('What consumers log in to: AMQP, or the HTTP API'),
  accounts: turns(User),
});
export type RabbitmqRotation = z.infer<typeof RabbitmqRotation>;

/** What is needed to connect. */
export type RabbitmqServer = Pick<RabbitmqRotation, keyof typeof rabbitmqShape>;

/** The HTTP API of a plan. */
export function managementOf(config: RabbitmqServer): Proof & { readonly port: number } {
  const { host, port, ...proof } = config.management;
  const { tls, caFile, serverName } = config;
  const said = Object.values(proof).some((one) => one !== undefined);
  return { host: host ?? config.host, port, ...(said ? proof : { tls, caFile, serverName }) };
}
