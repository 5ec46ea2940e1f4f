import { z } from 'zod';
import { Revocation } from '../../../../secrets/model/index.ts';
import type { ServerSecrets } from '../../../secrets/secrets.ts';
import { type Operation, operation } from '../../operation.ts';
import { askingOf, Because, CHANGE_ALL, SEE } from './common.ts';

const Count = z.int().min(0);

const Standing = z.strictObject({
  /** `paused`: the store seems to be older than what targets hold, and a person has to say that it goes on; `sealed`:
   *  the vault is. */
  state: z.enum(['running', 'paused', 'sealed']),
  /** Why it does not go on. */
  why: z.string().nullable(),
  secrets: Count,
  /** Of them, those with a plan, those that are being rotated, and those with each problem. */
  planned: Count,
  underWay: Count,
  problems: z.record(z.string(), Count),
  /** Values that are to be revoked, and are not yet. */
  unrevoked: Count,
  /** Since the start, by what came of them: `promoted`, `waits`, `ended`. */
  outcomes: z.record(z.string(), Count),
});

const Unrevoked = z.strictObject({
  secret: z.string(),
  version: z.int(),
  owner: z.string().nullable(),
  revocation: Revocation,
});

const Rotator = z.strictObject({
  kind: z.string(),
  /** Whether a plan has to name a secret by which the target is changed. */
  needsAdmin: z.boolean(),
  /** JSON Schema of its configuration. */
  config: z.record(z.string(), z.unknown()),
});

/** Rotations as a whole. */
export function rotationWorkOperations(secrets: ServerSecrets): Operation[] {
  return [
    operation({
      ...SEE,
      id: 'get-rotations',
      method: 'GET',
      path: '/api/v1/rotations',
      summary: 'Whether rotations go on, and how they stand',
      status: 200,
      response: Standing,
      handle: () => secrets.standing(),
    }),
    operation({
      ...CHANGE_ALL,
      id: 'resume-rotations',
      method: 'POST',
      path: '/api/v1/rotations/resume',
      summary:
        'Says that rotations go on from what the store says, after it was brought back from a backup',
      body: Because,
      status: 200,
      response: Standing,
      handle: async ({ body, principal }) => {
        await secrets.rotations.resume(askingOf(principal, body.reason));
        return secrets.standing();
      },
    }),
    operation({
      ...SEE,
      id: 'list-unrevoked',
      method: 'GET',
      path: '/api/v1/revocations',
      summary: 'Versions that are to be revoked, and have not been yet; the oldest first',
      status: 200,
      response: z.strictObject({ items: z.array(Unrevoked) }),
      handle: async () => ({ items: await unrevoked(secrets) }),
    }),
    operation({
      ...SEE,
      id: 'list-rotators',
      method: 'GET',
      path: '/api/v1/rotators',
      summary: 'What plans may name, and what their configurations take',
      status: 200,
      response: z.strictObject({ items: z.array(Rotator) }),
      handle: async () => ({ items: await rotators(secrets) }),
    }),
  ];
}

async function unrevoked(secrets: ServerSecrets): Promise<z.infer<typeof Unrevoked>[]> {
  const owners = await secrets.owners();
  return [...secrets.keeping.list()]
    .flatMap(({ id, service, owner, versions }) =>
      versions.flatMap(({ number, revocation }) => {
        if (revocation === null) return [];
        const team = owner ?? owners.get(service) ?? null;
        return [{ secret: id, version: number, owner: team, revocation }];
      }),
    )
    .sort((a, b) => Date.parse(a.revocation.since) - Date.parse(b.revocation.since));
}

async function rotators({ rotators }: ServerSecrets): Promise<z.infer<typeof Rotator>[]> {
  const loaded = await Promise.all([...rotators.keys()].map((kind) => rotators.get(kind)));
  return loaded.flatMap((rotator) => {
    if (rotator === undefined) return [];
    const { kind, needsAdmin, config } = rotator;
    const schema = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' });
    return [{ kind, needsAdmin, config: schema as Record<string, unknown> }];
  });
}
