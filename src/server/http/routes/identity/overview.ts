import { z } from 'zod';
import { compareText } from '../../../../base/diagnostic.ts';
import type { IssueCounts } from '../../../../identity/authority/index.ts';
import { type Operation, operation } from '../../operation.ts';
import { READ } from './common.ts';
import type { IdentityRoutesPorts } from './ports.ts';
import { AuthorityView, toAuthorityViews } from './views.ts';

/** Answers of the authorities, since the first start. */
const Sum = z.strictObject({ x509: z.int(), jwt: z.int(), refused: z.int() });
type Sum = z.infer<typeof Sum>;

const Overview = z.strictObject({
  trustDomain: z.string(),
  authorities: z.array(AuthorityView),
  bundle: z.strictObject({
    sequence: z.int(),
    refreshHintSeconds: z.int().nullable(),
    x509Authorities: z.int(),
    jwtAuthorities: z.int(),
  }),
  denials: z.strictObject({ sequence: z.int(), total: z.int() }),
  entries: z.strictObject({ total: z.int(), automatic: z.int(), person: z.int() }),
  /** Services without an identity. */
  unregistered: z.int(),
  issued: Sum,
  /** Agents that are connected. */
  agents: z.int(),
  /** Other trust domains, and how many of them give a bundle. */
  federation: z.strictObject({ total: z.int(), trusted: z.int() }),
  /** Null where no workloads of this machine are served. */
  workloadApi: z
    .strictObject({
      address: z.string(),
      connections: z.int(),
      workloads: z.int(),
      svids: z.int(),
    })
    .nullable(),
  /** Of JWT-SVIDs; null: none is configured. */
  issuer: z.string().nullable(),
});

/** Behind the id of every service. */
const LAST = '\uffff';
const NONE: Sum = { x509: 0, jwt: 0, refused: 0 };

/** Identity at a glance, and what was issued to whom. */
export function overviewOperations(ports: IdentityRoutesPorts): Operation[] {
  return [
    operation({
      ...READ,
      id: 'get-identity',
      method: 'GET',
      path: '/api/v1/identity',
      summary: 'Identity at a glance: what signs, who is registered, and what was issued',
      status: 200,
      response: Overview,
      handle: () => toOverview(ports),
    }),
    operation({
      ...READ,
      id: 'list-identity-issues',
      method: 'GET',
      path: '/api/v1/identity/issues',
      summary: 'How many SVIDs each service was issued, and how often it was refused',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
        /** The last service of the page before. */
        after: z.string().max(2_048).exactOptional(),
        search: z.string().max(400).default(''),
      }),
      status: 200,
      response: z.strictObject({
        /** By id of the service; null, which comes last: what belongs to none. */
        items: z.array(Sum.extend({ service: z.string().nullable() })),
        next: z.string().nullable(),
        total: z.int(),
      }),
      handle: async ({ query: { limit, after, search } }) => {
        const counts = [...(await ports.counts())]
          .filter(([service]) => service.includes(search))
          .map(([service, sum]) => ({ place: service || LAST, service: service || null, ...sum }))
          .sort((a, b) => compareText(a.place, b.place));
        const rest = after === undefined ? counts : counts.filter(({ place }) => place > after);
        const page = rest.slice(0, limit);
        const next = page.length < rest.length ? (page.at(-1)?.place ?? null) : null;
        const items = page.map(({ place: _, ...item }) => item);
        return { items, next, total: counts.length };
      },
    }),
  ];
}

async function toOverview(ports: IdentityRoutesPorts): Promise<z.infer<typeof Overview>> {
  const { keeper, registrar, host, agentServer, federation } = ports;
  const { state, bundle } = keeper;
  const automatic = [...registrar.index.entries()].filter(({ origin }) => origin === 'automatic');
  const relations = federation?.statuses() ?? [];
  const { size: total } = registrar.index;
  return {
    trustDomain: state.trustDomain,
    authorities: toAuthorityViews(state),
    bundle: {
      sequence: state.sequence,
      refreshHintSeconds: bundle.refreshHintSeconds ?? null,
      x509Authorities: bundle.x509Authorities.length,
      jwtAuthorities: bundle.jwtAuthorities.length,
    },
    denials: { sequence: state.revocation.sequence, total: state.revocation.denials.length },
    entries: { total, automatic: automatic.length, person: total - automatic.length },
    unregistered: registrar.unregistered.length,
    issued: totalOf(await ports.counts()),
    agents: new Set((agentServer?.agents() ?? []).map(({ agent }) => agent)).size,
    federation: {
      total: relations.length,
      trusted: relations.filter(({ state: of }) => of !== 'none').length,
    },
    workloadApi: host ? { address: host.address, ...host.status } : null,
    issuer: (keeper.discovery()?.issuer as string | undefined) ?? null,
  };
}

function totalOf(counts: IssueCounts): Sum {
  return [...counts.values()].reduce<Sum>(
    (sum, one) => ({
      x509: sum.x509 + one.x509,
      jwt: sum.jwt + one.jwt,
      refused: sum.refused + one.refused,
    }),
    NONE,
  );
}
