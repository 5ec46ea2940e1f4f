import { Fault } from '../../../base/fault.ts';
import { type ApiKeyGrant, drawKey, readKey } from '../../api-keys/index.ts';
import type { SecretValue } from '../../model/index.ts';
import { type Rotator, type RotatorContext, TargetFault } from '../../rotation/index.ts';
import { ApiKeyRotation } from './config.ts';
import type { ApiKeyPort } from './port.ts';

export { ApiKeyRotation } from './config.ts';
export type { ApiKeyPort } from './port.ts';

type Context = RotatorContext<ApiKeyRotation>;
const SECOND = 1_000;

/** What faults of who keeps the keys mean for a run; all others are tried again. */
const TROUBLES: Readonly<Record<string, 'refused' | 'invalid'>> = {
  'secrets/api-key-conflict': 'refused',
  'secrets/api-keys-too-many': 'invalid',
};

/** Renews API keys that Reeve itself verifies. Both keys are taken during the overlap. A value is
 *  `{ key, expiresAt? }`. */
export function apiKeyRotator(keys: ApiKeyPort): Rotator<ApiKeyRotation> {
  const isTaken = (value: SecretValue) => keys.stateOf(value.key ?? '') === 'active';

  return {
    kind: 'api-key',
    config: ApiKeyRotation,
    needsAdmin: false,
    settleSeconds: () => keys.settleSeconds,
    // who is called has a say in who may
    claims: ({ scopes }, own) => ({ services: [own, ...scopes.map(({ service }) => service)] }),

    make({ config, now, random }) {
      const key = drawKey(random);
      const { lifeSeconds } = config;
      if (lifeSeconds === undefined) return { key };
      return { key, expiresAt: new Date(now + lifeSeconds * SECOND).toISOString() };
    },

    endOf({ expiresAt }) {
      return expiresAt === undefined ? undefined : Date.parse(expiresAt);
    },

    async set(context, pending) {
      const text = textOf(pending);
      if (isTaken(pending)) return;
      const { current } = context;
      if (current && ['malformed', 'unknown'].includes(keys.stateOf(current.key ?? ''))) {
        throw new TargetFault(
          'changed',
          'The current value is no API key that was issued here',
          'write the key that is in use as the current value, or let the first one be made anew',
        );
      }
      const [grant, by] = [grantOf(context, pending), reasonOf(context)];
      await told(() => keys.register(text, grant, by, context.secret));
    },

    async test(_, pending) {
      const state = keys.stateOf(textOf(pending));
      if (state !== 'active') throw new TargetFault('refused', `The new API key is ${state}`);
    },

    async revoke(context, value) {
      const { id } = readKey(value.key ?? '') ?? {};
      // what was never issued is refused
      if (id === undefined || !isTaken(value)) return;
      await told(() => keys.revoke(id, reasonOf(context)));
    },

    async isRefused(_, value) {
      return !isTaken(value);
    },

    async inspect({ config }) {
      const scopes = config.scopes.map(
        ({ service, operations }) => `${service}: ${operations.join(', ')}`,
      );
      return [...config.environments.map((name) => `environment ${name}`), ...scopes].sort();
    },
  };
}

function textOf({ key }: SecretValue): string {
  if (key && readKey(key)) return key;
  throw new TargetFault('refused', 'The pending value is no API key');
}

/** The key stands for the service of the secret, whatever a plan would like. */
function grantOf({ config, secret }: Context, pending: SecretValue): ApiKeyGrant {
  const { owner, environments, scopes } = config;
  const service = secret.slice(0, secret.lastIndexOf('/'));
  const expiresAt = pending.expiresAt ?? null;
  return { service, owner, environments, scopes, expiresAt };
}

const reasonOf = ({ secret, token }: Context) => ({
  actor: 'reeve',
  reason: `rotation ${token} of ${secret}`,
});

async function told(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const trouble = thrown instanceof Fault ? TROUBLES[thrown.code] : undefined;
    if (!(thrown instanceof Fault) || trouble === undefined) throw thrown;
    throw new TargetFault(trouble, thrown.message, thrown.hint);
  }
}
