import { findCaller } from './caller.ts';

const PEER_ATTRIBUTE = 'reeve.mtls.peer';

/** What a server's span of a request tells of who called, so that Reeve knows the call as proved: nothing where the
 *  connection proves nobody. Whoever passes on a JWT-SVID may not be who it speaks for: it is no proof of a call. */
export function callerAttributes(request: object): Readonly<Record<string, string>> {
  const caller = findCaller(request);
  return caller?.proof === 'mtls' ? { [PEER_ATTRIBUTE]: caller.spiffeId } : {};
}
