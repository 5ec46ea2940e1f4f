import { Fault } from '../../base/fault.ts';
import { ask, type ServerFlags } from '../client.ts';
import { findService } from '../endpoints/find.ts';
import { API } from './common.ts';

/** Of a path such as `/ns/shop/sa/orders`, the SPIFFE ID in the server's trust domain. */
export async function toSpiffeId(flags: ServerFlags, text: string): Promise<string> {
  if (!text.startsWith('/')) return text;
  const { trustDomain } = await ask<{ trustDomain: string }>(flags, API);
  return `spiffe://${trustDomain}${text}`;
}

/** The id of a service by its id or name. One that the estate does not know may be registered all the same,
 *  under the very text. */
export async function serviceNamed(flags: ServerFlags, text: string): Promise<string> {
  try {
    return await findService(flags, text);
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'client/service-not-found') return text;
    throw thrown;
  }
}
