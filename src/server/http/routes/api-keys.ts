import { z } from 'zod';
import { compareText } from '../../../base/diagnostic.ts';
import { Fault, quote } from '../../../base/fault.ts';
import {
  ApiKey,
  ApiKeyGrant,
  ApiKeyScope,
  type ApiKeys,
  type ApiKeyView,
} from '../../../secrets/api-keys/index.ts';
import { type Operation, operation } from '../operation.ts';
import { actorOf, checkOwner } from '../principal.ts';
import { Id, Reason } from './texts.ts';

const PATH = '/api/v1/api-keys';
const SEE = { tag: 'api-keys', access: 'estate.read' } as const;
const CHANGE = { tag: 'api-keys', access: 'secrets.write', isByOwner: true } as const;

export interface ApiKeyRoutesParts {
  readonly apiKeys: ApiKeys;
  /** The team that answers for a service. */
  readonly ownerOf: (service: string) => Promise<string | null>;
  /** There are other keys now. */
  readonly onChange: () => void;
}

const Seen = ApiKey.omit({ hash: true }).extend({
  /** To the hour; null: never, as far as is known. */
  lastUsed: z.string().nullable(),
  /** What it is granted and has not been used for. */
  unused: z.array(ApiKeyScope),
});
const toSeen = ({ lastUsed, unused, ...key }: ApiKeyView): z.infer<typeof Seen> => ({
  ...key,
  lastUsed: lastUsed === undefined ? null : new Date(lastUsed).toISOString(),
  unused: [...unused],
});

/** API keys that Reeve issues and verifies, as people see, make and end them. */
export function apiKeyOperations({ apiKeys, ownerOf, onChange }: ApiKeyRoutesParts): Operation[] {
  return [
    operation({
      ...SEE,
      id: 'list-api-keys',
      method: 'GET',
      path: PATH,
      summary: 'The API keys, without their texts: what each may do, and when it was used last',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
        after: z.string().max(20).exactOptional(),
        service: Id.exactOptional(),
      }),
      status: 200,
      response: z.strictObject({
        items: z.array(Seen),
        /** For `after`; null on the last page. */
        next: z.string().nullable(),
        total: z.int(),
      }),
      handle: ({ query: { limit, after, service } }) => {
        const found = [...apiKeys.list()]
          .filter((key) => service === undefined || key.service === service)
          .sort((a, b) => compareText(a.id, b.id));
        const rest = found.filter(({ id }) => after === undefined || compareText(id, after) > 0);
        const page = rest.slice(0, limit);
        const next = page.length < rest.length ? (page.at(-1)?.id ?? null) : null;
        return { items: page.map(toSeen), next, total: found.length };
      },
    }),
    operation({
      ...CHANGE,
      id: 'issue-api-key',
      method: 'POST',
      path: PATH,
      summary: 'Issues an API key; its text is told here and never again',
      body: ApiKeyGrant.extend({ reason: Reason }),
      status: 201,
      response: z.strictObject({ text: z.string(), key: Seen }),
      handle: async ({ body: { reason, ...grant }, principal }) => {
        checkOwner(principal, await ownerOf(grant.service));
        // who is called has a say in who may
        for (const { service } of grant.scopes) checkOwner(principal, await ownerOf(service));
        const { text, key } = await apiKeys.issue(grant, { actor: actorOf(principal), reason });
        onChange();
        return { text, key: toSeen(key) };
      },
    }),
    operation({
      ...CHANGE,
      id: 'revoke-api-key',
      method: 'POST',
      path: `${PATH}/{id}/revoke`,
      summary: 'Ends an API key: it is refused from now on',
      params: z.strictObject({ id: z.string().min(1).max(20) }),
      body: z.strictObject({ reason: Reason }),
      status: 200,
      response: Seen,
      handle: async ({ params: { id }, body: { reason }, principal }) => {
        const key = apiKeys.get(id);
        if (key === undefined) {
          throw new Fault('secrets/api-key-not-found', `There is no API key ${quote(id)}`);
        }
        checkOwner(principal, key.owner ?? (await ownerOf(key.service)));
        const revoked = await apiKeys.revoke(id, { actor: actorOf(principal), reason });
        onChange();
        return toSeen(revoked);
      },
    }),
  ];
}
