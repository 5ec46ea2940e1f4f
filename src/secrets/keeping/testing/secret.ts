import type { Secret } from '../../model/index.ts';

const AT = '2025-03-03T00:00:00.000Z';

/** A secret with one value. */
export function aSecret(id: string, envelope: string, more: Partial<Secret> = {}): Secret {
  const at = id.lastIndexOf('/');
  return {
    ...{ id, name: id.slice(at + 1), service: id.slice(0, Math.max(0, at)), kind: 'postgres' },
    ...{ owner: null, consumers: [], createdAt: AT, createdBy: 'ada', plan: null, run: null },
    ...{ taken: null, lastRotated: AT, nextRotation: null, labels: { current: 1 } },
    versions: [
      {
        ...{ number: 1, createdAt: AT, envelope, fingerprints: [], expiresAt: null },
        ...{ revokedAt: null, leakedAt: null, revocation: null },
      },
    ],
    ...more,
  };
}
