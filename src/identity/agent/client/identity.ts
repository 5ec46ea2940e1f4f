import { createPublicKey, type KeyObject } from 'node:crypto';
import { Fault, quote } from '../../../base/fault.ts';
import { authorityId } from '../../authority/index.ts';
import type { SpiffeId, TrustBundle } from '../../spiffe/index.ts';
import {
  BACKDATE_SECONDS,
  readCertificate,
  validateSvid,
  type X509Svid,
} from '../../x509/index.ts';
import { isAgentId, serverIdOf } from '../names.ts';

/** A chain of certificates with the key of its leaf. */
export interface OwnKey {
  /** In DER, the leaf first. */
  readonly chain: readonly Buffer[];
  readonly privateKey: KeyObject;
}

/** Who the agent is, and what it knows its server by. */
export interface AgentIdentity extends OwnKey {
  readonly id: SpiffeId;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Makes an identity of certificates and the key that they are of.
 *  @throws {Fault} `identity/agent-identity-invalid` where they are not an agent's, or of another key;
 *  `identity/certificate-invalid/…` */
export function toIdentity(own: OwnKey, bundle: TrustBundle, now: number): AgentIdentity {
  const { id, leaf, expiresAt } = validate(own.chain, bundle, now);
  if (!isAgentId(id)) throw invalid(`${quote(id.uri, 200)} is no agent`);
  if (!leaf.publicKey.key.equals(createPublicKey(own.privateKey))) {
    throw invalid('its certificate is of another key');
  }
  const issuedAt = leaf.notBefore + BACKDATE_SECONDS * 1_000;
  return { ...own, id, issuedAt, expiresAt };
}

/** Judges what a server has shown of itself.
 *  @throws {Fault} `identity/server-untrusted/…` */
export function judgeServer(chain: readonly Buffer[], bundle: TrustBundle, now: number): void {
  const wanted = serverIdOf(bundle.trustDomain).uri;
  try {
    const { id } = validate(chain, bundle, now);
    if (id.uri === wanted) return;
    throw new Fault('identity/server-untrusted/other-id', `it is ${quote(id.uri, 200)}`);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const reason = thrown.code.split('/').at(-1) ?? '';
    throw new Fault(
      `identity/server-untrusted/${reason}`,
      `Who answers is not known to be ${wanted}: ${thrown.message}`,
      { hint: HINTS[reason] ?? 'compare the address of the server, and its trust bundle' },
    );
  }
}

const COMPARE_CLOCKS = 'compare the clocks of both machines';
const FETCH_ANEW =
  'if the authorities have changed while this agent was away, give it the trust bundle of now: ' +
  '--trust-bundle FILE, or --trust-bundle-sha256 HASH';
const HINTS: Readonly<Record<string, string>> = {
  'not-yet-valid': COMPARE_CLOCKS,
  expired: COMPARE_CLOCKS,
  'no-authority': FETCH_ANEW,
  'other-key': FETCH_ANEW,
  signature: FETCH_ANEW,
};

/** Whether a server was not believed because none of the authorities that are known signed for it. */
export function isUnknownAuthority(thrown: unknown): thrown is Fault {
  if (!(thrown instanceof Fault)) return false;
  const [, what, reason = ''] = thrown.code.split('/');
  return what === 'server-untrusted' && HINTS[reason] === FETCH_ANEW;
}

/** The newest authorities of a bundle, by their ids, the newest first: some of them may sign no more. */
export function authoritiesOf({ x509Authorities }: TrustBundle): readonly string[] {
  const read = x509Authorities.map((der) => readCertificate(der, 'an authority of the bundle'));
  const newest = read.toSorted((a, b) => b.notBefore - a.notBefore).slice(0, MAX_TRIED);
  return newest.map(({ publicKey }) => authorityId(publicKey.spki));
}

const MAX_TRIED = 3;

/** Validates a chain against one bundle.
 *  @throws {Fault} `identity/certificate-invalid/…` */
export function validate(chain: readonly Buffer[], bundle: TrustBundle, now: number): X509Svid {
  return validateSvid(chain, {
    bundleOf: (name) => (name === bundle.trustDomain ? bundle : undefined),
    now,
  });
}

const invalid = (why: string) =>
  new Fault('identity/agent-identity-invalid', `The identity of the agent is refused: ${why}`);
