import type { WireReader } from '../../base/protobuf/index.ts';
import type { Party } from '../../estate/index.ts';
import { toParty } from '../../estate/sighting/index.ts';
import { socketAddress } from '../../estate/spans/index.ts';
import { kumaService } from './clusters.ts';

/** Who an Envoy says it is. */
export interface EnvoyNode {
  readonly id: string;
  /** The name that it was started with for the service beside it, or for itself. */
  readonly cluster: string;
  /** The wanted words of its metadata. */
  readonly namespace?: string;
  readonly workload?: string;
}

export const NO_NODE: EnvoyNode = { id: '', cluster: '' };

const MAX_NAME_BYTES = 253;

/** Names under which control planes put a workload's name and namespace into the metadata. */
const METADATA: Readonly<Record<string, 'namespace' | 'workload'>> = {
  NAMESPACE: 'namespace',
  namespace: 'namespace',
  WORKLOAD_NAME: 'workload',
};

/** @throws {Fault} `protobuf/malformed`
 *  @see envoy.config.core.v3.Node */
export function readNode(message: WireReader): EnvoyNode {
  let node = NO_NODE;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) node = { ...node, id: message.text(MAX_NAME_BYTES) };
    else if (field === 2) node = { ...node, cluster: message.text(MAX_NAME_BYTES) };
    else if (field === 3) node = { ...node, ...readMetadata(message.message()) };
    else message.skip();
  }
  return node;
}

/** Texts at the top of a google.protobuf.Struct. */
function readMetadata(struct: WireReader): Pick<EnvoyNode, 'namespace' | 'workload'> {
  let found: Pick<EnvoyNode, 'namespace' | 'workload'> = {};
  for (let field = struct.next(); field !== 0; field = struct.next()) {
    if (field !== 1) {
      struct.skip();
      continue;
    }
    const [key, value] = readPair(struct.message());
    const wanted = Object.hasOwn(METADATA, key) ? METADATA[key] : undefined;
    if (wanted !== undefined && value !== undefined) found = { ...found, [wanted]: value };
  }
  return found;
}

function readPair(entry: WireReader): [key: string, value: string | undefined] {
  let key = '';
  let value: string | undefined;
  for (let field = entry.next(); field !== 0; field = entry.next()) {
    if (field === 1) key = entry.text(MAX_NAME_BYTES);
    else if (field === 2) value = readText(entry.message());
    else entry.skip();
  }
  return [key, value];
}

function readText(value: WireReader): string | undefined {
  let text: string | undefined;
  for (let field = value.next(); field !== 0; field = value.next()) {
    if (field === 3) text = value.text(MAX_NAME_BYTES);
    else value.skip();
  }
  return text;
}

const NAME = /^[A-Za-z0-9][\w.-]{0,199}$/;

/** The service that an Envoy stands beside, or the gateway that it is; undefined where it names none.
 *  - Istio gives the workload's name in the metadata, and `APP.NAMESPACE` as the cluster.
 *  - Kuma's cluster is `NAME_NAMESPACE_svc_PORT`.
 *  - Consul's and everybody else's cluster is the service's name. */
export function partyOf(node: EnvoyNode): Party | undefined {
  const { workload, cluster } = node;
  const namespace = node.namespace ?? namespaceInId(node.id);
  if (workload !== undefined && NAME.test(workload)) return named(workload, namespace);
  const kuma = kumaService(cluster);
  if (kuma) return named(kuma.name, kuma.namespace);
  if (!NAME.test(cluster)) return undefined;
  const suffix = namespace === undefined ? undefined : `.${namespace}`;
  const isIstio = suffix !== undefined && cluster.endsWith(suffix);
  return named(isIstio ? cluster.slice(0, -suffix.length) : cluster, namespace);
}

function named(name: string, namespace: string | undefined): Party {
  const isKnown = namespace !== undefined && NAME.test(namespace);
  return toParty({ by: 'name', name, ...(isKnown && { namespace }) });
}

/** Istio's id is `sidecar~ADDRESS~POD.NAMESPACE~DOMAIN`. */
function namespaceInId(id: string): string | undefined {
  return /^(?:sidecar|router|waypoint)~[^~]*~[^~]*\.([a-z0-9-]{1,63})~/.exec(id)?.[1];
}

/** Where the service beside an Envoy runs, as Istio's id tells. */
export function addressOf({ id }: EnvoyNode): string | undefined {
  const address = /^(?:sidecar|router|waypoint)~([^~]{2,45})~/.exec(id)?.[1];
  return address === undefined ? undefined : socketAddress(address);
}
