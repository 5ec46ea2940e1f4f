import { z } from 'zod';
import { compareText } from '../../../../base/diagnostic.ts';
import type { SecretMetadata } from '../../../../secrets/keeping/index.ts';
import type { ServerSecrets } from '../../../secrets/secrets.ts';
import { type Operation, operation } from '../../operation.ts';
import { OneSecret, SECRETS, SEE, view } from './common.ts';
import { type Around, SecretItem, SecretView, toItem } from './views.ts';

const Text = z.string().max(2_048);

const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: Text.exactOptional(),
  search: Text.exactOptional(),
  service: Text.exactOptional(),
  owner: Text.exactOptional(),
  kind: Text.exactOptional(),
  problem: Text.exactOptional(),
  /** A label that it has; `none`: it has no current value. */
  label: z.enum(['current', 'pending', 'previous', 'none']).exactOptional(),
});
type Query = z.infer<typeof Query>;

interface Found extends Around {
  readonly secret: SecretMetadata;
}

/** What each filter lets through. */
const FILTERS: Readonly<
  Record<keyof Omit<Query, 'limit' | 'after'>, (found: Found, wanted: string) => boolean>
> = {
  search: ({ secret }, wanted) => secret.id.toLowerCase().includes(wanted.toLowerCase()),
  service: ({ secret }, wanted) => secret.service === wanted,
  owner: ({ owner }, wanted) => owner === wanted,
  kind: ({ secret }, wanted) => secret.kind === wanted,
  problem: ({ problems }, wanted) => problems.some(({ problem }) => problem === wanted),
  label: ({ secret: { labels } }, wanted) =>
    wanted === 'none'
      ? labels.current === undefined
      : labels[wanted as keyof typeof labels] !== undefined,
};

/** Secrets as they are known, without their values. */
export function secretListOperations(secrets: ServerSecrets): Operation[] {
  return [
    operation({
      ...SEE,
      id: 'list-secrets',
      method: 'GET',
      path: SECRETS,
      summary: `The secrets, page by page, filtered by ${Object.keys(FILTERS).join(', ')}; no values`,
      query: Query,
      status: 200,
      response: z.strictObject({
        items: z.array(SecretItem),
        /** For `after`; null on the last page. */
        next: z.string().nullable(),
        total: z.int(),
      }),
      handle: ({ query }) => list(secrets, query),
    }),
    operation({
      ...SEE,
      id: 'get-secret',
      method: 'GET',
      path: `${SECRETS}/{id}`,
      summary:
        'One secret, by its id (percent-encoded): versions, plan, what is under way; no values',
      params: OneSecret,
      status: 200,
      response: SecretView,
      handle: async ({ params }) => view(secrets, await secrets.find(params.id)),
    }),
  ];
}

async function list(secrets: ServerSecrets, { limit, after, ...wanted }: Query) {
  const owners = await secrets.owners();
  const filters = Object.entries(wanted) as [keyof typeof FILTERS, string][];
  const found = [...secrets.keeping.list()]
    .map((secret) => ({
      secret,
      owner: secret.owner ?? owners.get(secret.service) ?? null,
      problems: secrets.problemsOf(secret),
    }))
    .filter((one) => filters.every(([name, text]) => FILTERS[name](one, text)))
    .sort((a, b) => compareText(a.secret.id, b.secret.id));
  const rest =
    after === undefined ? found : found.filter(({ secret }) => compareText(secret.id, after) > 0);
  const page = rest.slice(0, limit);
  const next = page.length < rest.length ? (page.at(-1)?.secret.id ?? null) : null;
  const items = page.map(({ secret, ...around }) => toItem(secret, around));
  return { items, next, total: found.length };
}
