import type { Clock } from '../../../base/clock.ts';
import type { NewAuditEntry } from '../../../estate/index.ts';
import type { Attestors } from '../../attestation/index.ts';
import type { AuthorityKeeper } from '../../authority/index.ts';
import type { AuthoritySupply, OwnSvid } from '../../host/index.ts';
import type { EntryIndex } from '../../registration/index.ts';
import type { TrustBundle } from '../../spiffe/index.ts';
import type { AgentEvent, AgentServerPorts, AgentSvidRequest, PolicyBytes } from './ports.ts';

type Subscribe = (listener: () => void) => () => void;

/** What a server has that runs the authority itself. */
export interface AuthorityParts {
  readonly keeper: AuthorityKeeper;
  readonly supply: AuthoritySupply;
  readonly entries: { readonly index: EntryIndex; readonly onChange: Subscribe };
  /** Bundles of the trust domains that this one is federated with, now. */
  readonly federated: () => readonly TrustBundle[];
  readonly attestors: Pick<Attestors, 'join-token' | 'kubernetes'>;
  readonly ownSvid: Pick<OwnSvid, 'onChange'>;
  readonly audit: (entries: readonly NewAuditEntry[]) => Promise<void>;
  readonly clock: Clock;
  readonly policy?: PolicyBytes;
  readonly onEvent?: (event: AgentEvent) => void;
  readonly onFailure?: (thrown: unknown) => void;
}

/** The ports of agents over the authority of this process. */
export function agentServerPorts(parts: AuthorityParts): AgentServerPorts {
  const { keeper, supply, entries, federated, attestors, ownSvid, audit, clock } = parts;
  const { onEvent, onFailure, policy } = parts;
  const on =
    (wanted: 'trust' | 'reissue'): Subscribe =>
    (listener) =>
      supply.onChange((change) => {
        if (change === wanted) listener();
      });
  return {
    trustDomain: supply.trustDomain,
    attestors,
    entries: {
      all: () => entries.index.entries(),
      get: (id) => entries.index.get(id),
      onChange: (listener) => entries.onChange(listener),
    },
    bundle: () => keeper.bundle,
    trust: () => ({
      bundles: [keeper.bundle, ...federated()],
      crls: supply.trustOf(new Set()).crls,
      denials: keeper.state.revocation.denials,
    }),
    onTrustChange: on('trust'),
    onReissue: on('reissue'),
    issueX509: (asked, publicKey) => supply.issueX509For(asked, publicKey),
    issueJwt: (asked, audience) => supply.issueJwtFor(asked, audience),
    issueAgent: (request) => issueAgent(keeper, request),
    denialOf: supply.denialOf,
    onOwnSvid: (listener) => ownSvid.onChange(listener),
    audit,
    clock,
    ...(policy && { policy }),
    ...(onEvent && { onEvent }),
    ...(onFailure && { onFailure }),
  };
}

async function issueAgent(keeper: AuthorityKeeper, request: AgentSvidRequest) {
  const answer = keeper.issueX509({ ...request, service: '' });
  await keeper.record([answer]);
  if (answer.outcome === 'refused') throw answer.fault;
  return { chain: answer.svid.chain, expiresAt: answer.svid.notAfter };
}
