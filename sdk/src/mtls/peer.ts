import type { TLSSocket } from 'node:tls';
import { MAX_CHAIN } from '../../../src/identity/x509/verifier.ts';
import type { Caller } from '../caller.ts';
import { quote, ReeveError } from '../error.ts';
import type { X509Identity } from '../source/index.ts';
import type { ProvedPeer } from '../x509/index.ts';
import type { AcceptRule } from './accept.ts';

/** The certificates that a peer sent, in DER and the leaf first; empty where it sent none. One more
 *  than is allowed is enough to refuse them. To be asked once: a second time, Node may show the leaf alone.
 *
 *  TLS must not know any authority for this: some releases of Node show a server nothing but the leaf
 *  once OpenSSL was content with the chain. @see https://github.com/nodejs/node/issues/65579 */
export function chainOf(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let one = socket.getPeerX509Certificate();
  while (one && chain.length <= MAX_CHAIN) {
    chain.push(one.raw);
    one = one.issuerCertificate;
  }
  return chain;
}

/** Proves who is at the other end of a handshake that is done, and sees whether that is accepted. No
 *  session may have been taken up again: nobody looked at certificates then.
 *  @throws {ReeveError} `mtls/session-reused`, `identity/certificate-invalid/…`, `identity/der-malformed`, `identity/crl-invalid/…`, `mtls/not-accepted` */
export function provePeer(
  socket: TLSSocket,
  chain: readonly Buffer[],
  { trust }: X509Identity,
  accepts: AcceptRule,
  now: number,
): ProvedPeer {
  if (socket.isSessionReused()) {
    const why = 'the peer took up a session again, and proved nothing';
    throw new ReeveError('mtls/session-reused', why, {
      hint: 'shake hands anew for each connection',
    });
  }
  const peer = trust.prove(chain, now);
  judgeAccepted(peer, accepts);
  return peer;
}

/** @throws {ReeveError} `mtls/not-accepted` */
export function judgeAccepted({ id }: ProvedPeer, accepts: AcceptRule): void {
  if (accepts(id)) return;
  const why = `the peer is ${quote(id.spiffeId, 200)}, which is not accepted here`;
  throw new ReeveError('mtls/not-accepted', why, {
    hint: 'name it in `accept`, or see whether the address leads to another service',
  });
}

/** Why a peer is refused, where judging it threw this. */
export const toFlaw = (thrown: unknown): ReeveError =>
  thrown instanceof ReeveError
    ? thrown
    : new ReeveError('mtls/judgement-failed', 'the peer cannot be judged', { cause: thrown });

/** A peer as handlers see it. */
export function toCaller({ id, expiresAt }: ProvedPeer): Caller {
  return { ...id, proof: 'mtls', expiresAt: new Date(expiresAt) };
}
