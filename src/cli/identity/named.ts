import { Fault } from '../../base/fault.ts';
import { oncePer } from '../../base/once.ts';
import { ask, type ServerFlags } from '../client.ts';
import { findService } from '../endpoints/find.ts';
import { API } from './common.ts';

/** Flags are of one command, which may name any number of paths. */
const trustDomainOf = oncePer(async (flags: ServerFlags): Promise<string> => {
  const { trustDomain } = await ask<{ trustDomain: string }>(flags, API);
  return trustDomain;
});

/** Of a path such as `/ns/shop/sa/orders`, the SPIFFE ID in the server's trust domain. */
export async function toSpiffeId(flags: ServerFlags, text: string): Promise<string> {
  if (!text.startsWith('/')) return text;
  return `spiffe://${await trustDomainOf(flags)}${text}`;
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
