import { randomFillSync } from 'node:crypto';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { GrpcService, UnaryMethod } from '../../base/grpc/index.ts';
import { entitlementOf, forPeer, type WorkloadApiPorts } from '../workload-api/index.ts';
import { type CatalogueMaker, sharedCatalogues } from './catalogues.ts';
import type { SdsConfig } from './config.ts';
import { ValidationContexts } from './contexts.ts';
import { Delta } from './delta.ts';
import { ADS, ADS_FILE, SDS, SDS_FILE, TLS_FILE } from './description.ts';
import { discoveryResponse, SECRET_TYPE, versionOfAll } from './messages.ts';
import { verifyingNobody } from './nobody.ts';
import { UNKNOWN_NODE } from './node.ts';
import { type NoticeParts, Notices } from './notices.ts';
import { otherType, readDeltaRequest, readDiscoveryRequest } from './requests.ts';
import { type DiscoverySource, type Offer, offerOf } from './resources.ts';
import { StateOfTheWorld } from './state-of-the-world.ts';
import { discoveryStream, type StreamParts } from './stream.ts';

export interface SdsOptions {
  readonly config: SdsConfig;
  /** Told what Envoys would not take, or ask for in vain. */
  readonly log: NoticeParts['log'];
  readonly count?: NoticeParts['count'];
  readonly clock?: Clock;
  /** What else Envoys may be told, each with its own type, over ADS and by a service of its own. */
  readonly sources?: readonly DiscoverySource[];
}

/** Envoy's secret discovery and its aggregated discovery, for the socket of the Workload API: an Envoy is a workload, and
 *  is given what its process is entitled to. What else it may be told comes of `sources`.
 *  @see envoy/service/secret/v3/sds.proto, envoy/service/discovery/v3/ads.proto */
export function secretDiscovery(
  ports: WorkloadApiPorts,
  { config, log, count = () => {}, clock = systemClock, sources = [] }: SdsOptions,
): readonly GrpcService[] {
  const parts: StreamParts = { ports, clock, notices: new Notices({ log, count, clock }) };
  const catalogueOf = sharedCatalogues(
    {
      config,
      contexts: new ValidationContexts(clock),
      nobody: verifyingNobody(clock, randomFillSync),
    },
    clock,
  );
  const secrets: Offer = {
    typeUrl: SECRET_TYPE,
    what: 'secrets',
    resourcesOf: catalogueOf,
    onChange: () => () => {},
  };
  const streams = streamsOf(parts, config);
  const others = sources.map(offerOf);
  const [sds, ads] = [streams([secrets], true), streams([secrets, ...others], false)];
  return [
    {
      name: SDS,
      files: [SDS_FILE, TLS_FILE],
      methods: {
        StreamSecrets: sds.stateOfTheWorld,
        DeltaSecrets: sds.delta,
        FetchSecrets: fetchSecrets(parts, catalogueOf, config),
      },
    },
    {
      name: ADS,
      files: [ADS_FILE, TLS_FILE],
      methods: {
        StreamAggregatedResources: ads.stateOfTheWorld,
        DeltaAggregatedResources: ads.delta,
      },
    },
    ...sources.map(({ service }, at): GrpcService => {
      const own = streams(others.slice(at, at + 1), true);
      const methods = { [service.stream]: own.stateOfTheWorld, [service.delta]: own.delta };
      return { name: service.name, methods };
    }),
  ];
}

/** Makes the methods that serve some types, by both protocols.
 *  @param isOne whether there is one type, which requests need not name */
function streamsOf(parts: StreamParts, { maxNames }: SdsConfig) {
  return (offered: readonly Offer[], isOne: boolean) => {
    const offers = new Map(offered.map((offer) => [offer.typeUrl, offer]));
    const only = isOne ? offered[0]?.typeUrl : undefined;
    return {
      stateOfTheWorld: discoveryStream(parts, {
        offers,
        only,
        protocolOf: (typeUrl) => new StateOfTheWorld(typeUrl),
        read: (message) => readDiscoveryRequest(message, maxNames),
      }),
      delta: discoveryStream(parts, {
        offers,
        only,
        protocolOf: (typeUrl) => new Delta(typeUrl, maxNames),
        read: (message) => readDeltaRequest(message, maxNames),
      }),
    };
  };
}

/** Secrets as they are now; those that are not there are left out. */
function fetchSecrets(
  { ports }: StreamParts,
  catalogueOf: CatalogueMaker,
  { maxNames }: SdsConfig,
): UnaryMethod {
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
        const version = versionOfAll(secrets);
        return discoveryResponse({ typeUrl: SECRET_TYPE, version, nonce: '', resources: secrets });
      }),
  };
}
