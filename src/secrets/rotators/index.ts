import type { Rotator } from '../rotation/rotator.ts';
import type { RotatorPorts } from './ports.ts';

export type {
  ApiKeyPort,
  CertificatePort,
  CertificateRequest,
  KeySetPort,
  RotatorPorts,
} from './ports.ts';
export { WebhookReceivers } from './webhook/config.ts';

/** Every kind of rotator, and where it lies: one that is not used is not loaded, nor is its driver. Those whose target is
 *  a part of Reeve are made of that part's port, and are not there where it is not. A rotator's own schema has read the
 *  configuration that it is given, so it may be held as one of unknown configuration. */
const ROTATORS: Readonly<Record<string, (ports: RotatorPorts) => Promise<unknown>>> = {
  'api-key': async ({ apiKeys }) =>
    apiKeys && (await import('./api-key/index.ts')).apiKeyRotator(apiKeys),
  'jwt-key': async ({ keySets }) =>
    keySets && (await import('./jwt-key/index.ts')).jwtKeyRotator(keySets),
  kv: async () => (await import('./kv/index.ts')).kvRotator,
  mysql: async () => (await import('./mysql/index.ts')).mysqlRotator,
  postgres: async () => (await import('./postgres/index.ts')).postgresRotator,
  rabbitmq: async () => (await import('./rabbitmq/index.ts')).rabbitmqRotator,
  redis: async () => (await import('./redis/index.ts')).redisRotator,
  webhook: async ({ webhooks }) =>
    webhooks && (await import('./webhook/index.ts')).webhookRotator(webhooks),
  x509: async ({ certificates }) =>
    certificates && (await import('./x509/index.ts')).x509Rotator(certificates),
};

export const ROTATOR_KINDS: readonly string[] = Object.keys(ROTATORS);

/** @returns undefined: there is no such kind, or not without a port that is missing */
export async function rotatorOf(kind: string, ports: RotatorPorts): Promise<Rotator | undefined> {
  const load = Object.hasOwn(ROTATORS, kind) ? ROTATORS[kind] : undefined;
  return (await load?.(ports)) as Rotator | undefined;
}
