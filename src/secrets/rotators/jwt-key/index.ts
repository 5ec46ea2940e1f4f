import { Fault } from '../../../base/fault.ts';
import { keysAt, type PublishedKey } from '../../key-sets/index.ts';
import type { SecretValue } from '../../model/index.ts';
import { type Rotator, type RotatorContext, TargetFault } from '../../rotation/index.ts';
import { JwtKeyRotation } from './config.ts';
import type { KeySetPort } from './port.ts';
import { generateValue, isVerifiedBy, type SigningKey, signingKeyOf } from './signing-key.ts';

export { JwtKeyRotation } from './config.ts';
export type { KeySetPort } from './port.ts';

type Context = RotatorContext<JwtKeyRotation>;
const SECOND = 1_000;
/** How far behind the clock of who verifies may be. */
const SKEW_SECONDS = 60;

/** Renews keys that services sign their own tokens with. A new key is published before it signs; one that signs no longer
 *  stays published until the last of its tokens has ended.
 *  @see RFC 7517, OpenID Connect Core §10.1.1 */
export function jwtKeyRotator(sets: KeySetPort): Rotator<JwtKeyRotation> {
  const publishedOf = async (
    { secret, now }: Context,
    kid: string | undefined,
  ): Promise<PublishedKey | undefined> => {
    const set = await sets.read(secret);
    return set && keysAt(set, now).find((one) => one.kid === kid);
  };

  return {
    kind: 'jwt-key',
    config: JwtKeyRotation,
    needsAdmin: false,
    settleSeconds: ({ publishSeconds }) => publishSeconds,

    // a key is not made of given bytes
    make: () => ({}),
    obtain: ({ config }) => generateValue(config.algorithm),

    async set(context, pending) {
      const { published } = keyOf(pending);
      const { config, secret } = context;
      try {
        await sets.publish(secret, published, config.publishSeconds, reasonOf(context));
      } catch (thrown) {
        if (!(thrown instanceof Fault) || thrown.code !== 'secrets/key-set-too-many') throw thrown;
        throw new TargetFault('invalid', thrown.message, thrown.hint);
      }
    },

    async test(context, pending) {
      const key = keyOf(pending);
      const published = await publishedOf(context, key.published.kid);
      if (published?.until === null && isVerifiedBy(key, published)) return;
      throw new TargetFault(
        'refused',
        'What the new key signs is not verified by what is published',
      );
    },

    async finish(context) {
      const { previous, current, config, secret, now } = context;
      const kid = previous?.kid;
      if (kid === undefined || kid === current?.kid) return;
      const until = now + (config.tokenSeconds + SKEW_SECONDS) * SECOND;
      await sets.retire(secret, kid, until, reasonOf(context));
    },

    async revoke(context, { kid }) {
      if (kid !== undefined) await sets.withdraw(context.secret, kid, reasonOf(context));
    },

    async isRefused(context, { kid }) {
      return (await publishedOf(context, kid)) === undefined;
    },

    async inspect({ secret, now }) {
      const set = await sets.read(secret);
      const keys = set ? keysAt(set, now) : [];
      return keys.map(({ kid, algorithm }) => `${algorithm} ${kid}`).sort();
    },
  };
}

function keyOf(pending: SecretValue): SigningKey {
  const key = signingKeyOf(pending);
  if (key !== undefined) return key;
  throw new TargetFault('refused', 'The pending value is no signing key');
}

const reasonOf = ({ secret, token }: Context) => ({
  actor: 'reeve',
  reason: `rotation ${token} of ${secret}`,
});
