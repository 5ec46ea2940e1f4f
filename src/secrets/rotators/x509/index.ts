import type { X509Certificate } from 'node:crypto';
import { Fault } from '../../../base/fault.ts';
import type { SecretValue } from '../../model/index.ts';
import { type Rotator, type RotatorContext, TargetFault } from '../../rotation/index.ts';
import { certificateOf, certifiedOf, GENERATE, namesOf, toValue } from './certified.ts';
import { X509Rotation } from './config.ts';
import { flawOf } from './flaw.ts';
import type { CertificatePort } from './port.ts';

export { X509Rotation } from './config.ts';
export type { CertificatePort, CertificateRequest, Standing } from './port.ts';

type Context = RotatorContext<X509Rotation>;

/** What refusals of the authority mean for a run; all else is tried again. */
const TROUBLES: readonly (readonly [code: string, 'denied' | 'invalid'])[] = [
  ['identity/svid-forbidden', 'denied'],
  ['identity/svid-request-invalid', 'invalid'],
  ['identity/id-malformed', 'invalid'],
];

/** Renews certificates that our own authority issues. Keys are made here, and leave with the value alone. A certificate
 *  needs nothing to be set: whoever trusts the authority takes it, until it ends or is revoked. */
export function x509Rotator(authority: CertificatePort): Rotator<X509Rotation> {
  const isOver = (leaf: X509Certificate, now: number) => leaf.validToDate.getTime() < now;

  async function check(context: Context, pending: SecretValue): Promise<void> {
    const certified = certifiedOf(pending);
    const { config, now } = context;
    const wanted = { config, now, anchors: authority.anchors() };
    const flaw = certified ? flawOf(certified, wanted) : 'it is none';
    const isRevoked = certified && authority.standingOf(certified.chain[0].raw) === 'revoked';
    const why = flaw ?? (isRevoked ? 'it is revoked' : undefined);
    if (why) throw new TargetFault('refused', `The new certificate cannot be used: ${why}`);
  }

  return {
    kind: 'x509',
    config: X509Rotation,
    needsAdmin: false,
    target: ({ spiffeId }) => `x509 ${spiffeId}`,
    claims: (_, service) => ({ services: [service] }),

    // a key is not made of given bytes
    make: () => ({}),
    async obtain({ config, secret, token }) {
      const { spiffeId, dnsNames, ttlSeconds } = config;
      const { publicKey, privateKey } = await GENERATE[config.key]();
      const spki = publicKey.export({ format: 'der', type: 'spki' });
      const request = { secret, spiffeId, dnsNames, ttlSeconds, publicKey: spki };
      const chain = await told(() => authority.issue(request, reasonOf({ secret, token })));
      return toValue(chain, privateKey);
    },

    endOf: (value) => certificateOf(value)?.validToDate.getTime(),

    // the authority may have gone since it signed
    set: check,
    test: check,

    async finish(context) {
      const { config, previous, current } = context;
      const leaf = previous && certificateOf(previous);
      if (config.previous === 'keep' || leaf === undefined) return;
      if (current && certificateOf(current)?.raw.equals(leaf.raw)) return;
      await take(context, leaf, 'superseded');
    },

    async revoke(context, value) {
      const leaf = certificateOf(value);
      if (leaf === undefined) {
        throw new TargetFault('invalid', 'The value has no certificate that could be revoked');
      }
      await take(context, leaf, 'unspecified');
    },

    async isRefused({ config, now }, value) {
      const leaf = certificateOf(value);
      if (leaf === undefined || isOver(leaf, now)) return true;
      const standing = authority.standingOf(leaf.raw);
      return standing === 'revoked' || (standing === 'untrusted' && isOurs(leaf, config));
    },

    async inspect({ current }) {
      const leaf = current && certificateOf(current);
      return leaf ? [...namesOf(leaf)].sort() : [];
    },
  };

  async function take(
    { config, now, ...context }: Context,
    leaf: X509Certificate,
    why: 'superseded' | 'unspecified',
  ): Promise<void> {
    if (isOver(leaf, now)) return;
    if (authority.standingOf(leaf.raw) !== 'untrusted') {
      await told(() => authority.revoke(leaf.raw, why, reasonOf(context)));
    } else if (!isOurs(leaf, config)) {
      throw new TargetFault(
        'changed',
        'The certificate was not issued here',
        'have it revoked by who issued it, then abandon its revocation',
      );
    }
  }
}

/** What is of our authority and trusted by nobody any longer is refused with its signer. */
const isOurs = (leaf: X509Certificate, { spiffeId }: X509Rotation): boolean =>
  namesOf(leaf).includes(`URI:${spiffeId}`);

const reasonOf = ({ secret, token }: Pick<Context, 'secret' | 'token'>) => ({
  actor: 'reeve',
  reason: `rotation ${token} of ${secret}`,
});

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { code, message, hint } = thrown;
    const trouble = TROUBLES.find(([start]) => code.startsWith(start))?.[1];
    if (trouble === undefined) throw thrown;
    throw new TargetFault(trouble, message, hint);
  }
}
