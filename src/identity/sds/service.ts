import { randomFillSync } from 'node:crypto';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { GrpcService, UnaryMethod } from '../../base/grpc/index.ts';
import { entitlementOf, forPeer, type WorkloadApiPorts } from '../workload-api/index.ts';
import { sharedCatalogues } from './catalogues.ts';
import type { SdsConfig } from './config.ts';
import { ValidationContexts } from './contexts.ts';
import { Delta } from './delta.ts';
import { ADS, ADS_FILE, SDS, SDS_FILE, TLS_FILE } from './description.ts';
import { discoveryResponse, SECRET_TYPE, versionOfAll } from './messages.ts';
import { verifyingNobody } from './nobody.ts';
import { UNKNOWN_NODE } from './node.ts';
import { type NoticeParts, Notices } from './notices.ts';
import { otherType, readDiscoveryRequest } from './requests.ts';
import { StateOfTheWorld } from './state-of-the-world.ts';
import { discoveryStream, type StreamParts } from './stream.ts';

export interface SdsOptions {
  readonly config: SdsConfig;
  /** Told what Envoys would not take, or ask for in vain. */
  readonly log: NoticeParts['log'];
  readonly count?: NoticeParts['count'];
  readonly clock?: Clock;
}

/** Envoy's secret discovery and its aggregated discovery, which serves secrets alone, for the socket of the Workload
 *  API: an Envoy is a workload, and is given what its process is entitled to.
 *  @see envoy/service/secret/v3/sds.proto, envoy/service/discovery/v3/ads.proto */
export function secretDiscovery(
  ports: WorkloadApiPorts,
  { config, log, count = () => {}, clock = systemClock }: SdsOptions,
): readonly GrpcService[] {
  const parts: StreamParts = {
    ports,
    catalogueOf: sharedCatalogues(
      {
        config,
        contexts: new ValidationContexts(clock),
        nobody: verifyingNobody(clock, randomFillSync),
      },
      clock,
    ),
    clock,
    notices: new Notices({ log, count, clock }),
  };
  const stateOfTheWorld = () => new StateOfTheWorld(config.maxNames);
  const delta = () => new Delta(config.maxNames);
  return [
    {
      name: SDS,
      files: [SDS_FILE, TLS_FILE],
      methods: {
        StreamSecrets: discoveryStream(parts, stateOfTheWorld, false),
        DeltaSecrets: discoveryStream(parts, delta, false),
        FetchSecrets: fetchSecrets(parts, config),
      },
    },
    {
      name: ADS,
      files: [ADS_FILE, TLS_FILE],
      methods: {
        StreamAggregatedResources: discoveryStream(parts, stateOfTheWorld, true),
        DeltaAggregatedResources: discoveryStream(parts, delta, true),
      },
    },
  ];
}

/** Secrets as they are now; those that are not there are left out. */
function fetchSecrets({ ports, catalogueOf }: StreamParts, { maxNames }: SdsConfig): UnaryMethod {
  return {
    kind: 'unary',
    handle: (message, call) =>
      forPeer(ports, call, async (workload) => {
        const { names, node = UNKNOWN_NODE, typeUrl } = readDiscoveryRequest(message, maxNames);
        if (typeUrl !== '' && typeUrl !== SECRET_TYPE) throw otherType(typeUrl);
        const catalogue = catalogueOf(await entitlementOf(ports, workload, call.signal), node);
        const wanted = names.length === 0 ? catalogue.names : names;
        const secrets = wanted.flatMap((name) => catalogue.find(name) ?? []);
        const spiffeIds = secrets.flatMap(({ spiffeId }) => spiffeId ?? []);
        ports.onCall?.({ ...workload, spiffeIds: [...new Set(spiffeIds)] });
        return discoveryResponse({ version: versionOfAll(secrets), nonce: '', secrets });
      }),
  };
}
