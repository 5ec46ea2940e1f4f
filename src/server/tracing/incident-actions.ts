import { Fault, quote } from '../../base/fault.ts';
import { parseSpiffeId } from '../../identity/spiffe/index.ts';
import type { ActionPorts } from '../../tracing/incidents/index.ts';
import type { Decisions } from '../decisions.ts';
import type { Identity } from '../identity/identity.ts';
import type { SecretsDomain } from '../secrets/domain.ts';
import type { BlockedEdges } from './blocked-edges.ts';
import { replaceLeaked } from './leaked-secret.ts';

export interface IncidentActionsParts {
  /** Undefined where no identities are given out: then none can be revoked. */
  readonly identity: Pick<Identity, 'keeper'> | undefined;
  readonly decisions: Pick<Decisions, 'decide'>;
  readonly edges: BlockedEdges;
  readonly domain: Pick<SecretsDomain, 'secrets' | 'dynamic'>;
}

/** What can be done about an incident, each by the domain that it is of, with its own entry in the audit log. What was done
 *  already is done again without harm. */
export function incidentActions(parts: IncidentActionsParts): ActionPorts {
  const { identity, decisions, edges, domain } = parts;
  return {
    ...(identity && {
      'revoke-identity': async (spiffeId, by) => {
        const { keeper } = identity;
        const { trustDomain, uri } = parseSpiffeId(spiffeId);
        if (trustDomain !== keeper.state.trustDomain) throw foreign(uri, trustDomain);
        await keeper.revoke([{ spiffeId: uri, mayReturn: false, why: 'privilegeWithdrawn' }], by);
        return `${uri} is on the deny list with all that it was issued, and gets nothing new.`;
      },
    }),
    'block-edge': async (subject, by) => {
      const { from, to, id } = await edges.block(subject, by);
      return `Policy forbids ${from} every call to ${to}, by the guardrail ${id}.`;
    },
    'block-endpoint': async (endpoint, by) => {
      const { results } = await decisions.decide([endpoint], { action: 'block' }, by);
      const problem = results[0]?.problem;
      if (problem) throw new Fault(problem.code, problem.message);
      return `${endpoint} is blocked for every caller.`;
    },
    'rotate-credentials': (secret, by) => replaceLeaked(domain.secrets.keeping, secret, by),
    'end-leases': async (lease, by) => {
      try {
        await domain.dynamic.credentials.end(lease, by);
      } catch (thrown) {
        if (isFault(thrown, 'secrets/lease-not-found'))
          return `The lease ${lease} is over already.`;
        throw thrown;
      }
      return `The short-lived user of the lease ${lease} is being taken away.`;
    },
  };
}

const isFault = (thrown: unknown, code: string): boolean =>
  thrown instanceof Fault && thrown.code === code;

const foreign = (spiffeId: string, trustDomain: string): Fault =>
  new Fault(
    'identity/revocation-invalid',
    `${quote(spiffeId, 200)} is issued by another trust domain`,
    { hint: `have it revoked by whoever runs ${trustDomain}, or block the edge` },
  );
