import { join } from 'node:path';
import { auditEntryOf } from '../../audit/index.ts';
import { Fault } from '../../base/fault.ts';
import { attestMachine, openPeerReader } from '../../identity/attestation/index.ts';
import {
  type AuthoritySupply,
  IdentityHost,
  Refusals,
  type ToldRefusal,
} from '../../identity/host/index.ts';
import { secretDiscovery } from '../../identity/sds/index.ts';
import type { IdentityParts } from './identity.ts';

export interface ServedWorkloads {
  readonly host: IdentityHost;
  close(): Promise<void>;
}

const GRACE_MS = 2_000;

/** Serves the workloads and the Envoys of this machine; undefined where that cannot be done here.
 *  @throws {Fault} `grpc/socket-…` where the configuration names a socket that cannot be had */
export async function serveWorkloads(
  parts: IdentityParts,
  supply: AuthoritySupply,
): Promise<ServedWorkloads | undefined> {
  const { config, dataFolder, clock, log, onSecrets: count } = parts;
  const { socket = join(dataFolder, 'workload.sock') } = config.workloadApi;
  const refusals = new Refusals((refusal) => tellRefusal(parts, refusal), clock);
  const attestor = attestMachine(config.attestation, {
    needsDigest: () => supply.asksFor('unix', 'sha256'),
  });
  try {
    const host = await IdentityHost.start({
      supply,
      peers: await openPeerReader(),
      attest: (peer) => attestor.attest(peer),
      socket,
      config: config.workloadApi,
      more: (ports) => [
        ...secretDiscovery(ports, {
          config: config.sds,
          log,
          clock,
          sources: parts.envoySources ?? [],
          ...(count && { count }),
        }),
        ...(parts.moreServices?.(ports, supply) ?? []),
      ],
      clock,
      onCall: (call) => refusals.hear(call),
      onFailure: ({ spiffeId }, thrown) => {
        log.warn({ spiffeId, err: thrown }, 'no SVID could be issued; it is tried again');
      },
    });
    return {
      host,
      close: async () => {
        attestor.close();
        await host.close(GRACE_MS);
      },
    };
  } catch (thrown) {
    attestor.close();
    const isOfThisMachine = thrown instanceof Fault && config.workloadApi.socket === undefined;
    if (!isOfThisMachine) throw thrown;
    log.warn({ err: thrown }, 'the Workload API is not served on this machine');
    return undefined;
  }
}

/** Says in the log and in the audit log who got no identity, and why. */
function tellRefusal({ store, clock, log }: IdentityParts, refusal: ToldRefusal): void {
  const { who, pid, why, count } = refusal;
  log.warn({ who, pid, why, count }, 'no identity for a workload');
  const said = { kind: 'workload', why };
  const by = { actor: 'workload-api', reason: '', now: clock() };
  store.amend([], [auditEntryOf('identity.refuse', who, said, by)]).catch((fault: unknown) => {
    log.warn({ err: fault }, 'a refusal was not kept in the audit log');
  });
}
