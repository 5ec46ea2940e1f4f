import { z } from 'zod';
import type { EstateStore } from '../../../estate/index.ts';
import type { Metrics } from '../../metrics.ts';
import { type Operation, operation } from '../operation.ts';

const Health = z.strictObject({ status: z.literal('ok') });
/** A sealed vault keeps nobody from asking for anything else. */
const Readiness = Health.extend({ vault: z.enum(['sealed', 'unsealed']) });

/** What machines ask: whether the server lives, can work, and how much it does. */
export function healthOperations(
  store: EstateStore,
  metrics: Metrics,
  isSealed: () => boolean,
): Operation[] {
  return [
    operation({
      id: 'get-health',
      method: 'GET',
      path: '/healthz',
      tag: 'health',
      summary: 'The process answers',
      access: 'public',
      status: 200,
      response: Health,
      handle: () => ({ status: 'ok' }),
    }),
    operation({
      id: 'get-readiness',
      method: 'GET',
      path: '/readyz',
      tag: 'health',
      summary: 'The store can be written; whether the vault is sealed is told, and decides nothing',
      access: 'public',
      status: 200,
      response: Readiness,
      handle: async () => {
        await store.ping();
        return { status: 'ok', vault: isSealed() ? 'sealed' : 'unsealed' };
      },
    }),
    operation({
      id: 'get-metrics',
      method: 'GET',
      path: '/metrics',
      tag: 'health',
      summary: 'Figures in the text format of Prometheus; counts only',
      access: 'loopback',
      status: 200,
      handle: async ({ reply }) => {
        reply.header('content-type', metrics.registry.contentType);
        return metrics.registry.metrics();
      },
    }),
  ];
}
