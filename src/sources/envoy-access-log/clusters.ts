/** Which service an Envoy asked, by the name of the cluster that it chose. */
export type Reached =
  /** The service that the Envoy stands beside. */
  | { readonly to: 'self' }
  | { readonly to: 'address'; readonly host: string; readonly port?: number }
  | { readonly to: 'name'; readonly name: string; readonly namespace?: string }
  /** The host that the request names. */
  | { readonly to: 'authority' }
  | { readonly to: 'nobody' };

interface ClusterRule {
  readonly pattern: RegExp;
  readonly reached: (match: RegExpExecArray) => Reached;
  /** Who names clusters like this, and why they mean what the rule says. */
  readonly because: string;
}

const SELF = (): Reached => ({ to: 'self' });
const NOBODY = (): Reached => ({ to: 'nobody' });
const AUTHORITY = (): Reached => ({ to: 'authority' });

/** The first rule that fits decides. Patterns are anchored, and nothing in them is repeated twice. */
export const CLUSTER_RULES: readonly ClusterRule[] = [
  {
    pattern: /^inbound-vip\|(\d{1,5})\|[^|]{0,100}\|([\w.-]{1,253})$/,
    reached: ([, port, host = '']) => toAddress(host, port),
    because: "Istio's waypoints take calls in for the service that the cluster names",
  },
  {
    pattern: /^inbound(?:\||_\.)\d{0,5}(?:\||_\.)/,
    reached: SELF,
    because: "Istio's sidecars take calls in for the workload beside them",
  },
  {
    pattern: /^InboundPassthroughCluster(?:Ipv[46])?$/,
    reached: SELF,
    because: "Istio's sidecars pass calls to undeclared ports on to the workload beside them",
  },
  {
    pattern: /^outbound\|(\d{1,5})\|[^|]{0,100}\|([\w.-]{1,253})$/,
    reached: ([, port, host = '']) => toAddress(host, port),
    because: "Istio's sidecars and gateways name the Service and the port that they call",
  },
  {
    pattern: /^outbound_\.(\d{1,5})_\.[^_.]{0,100}_\.([\w.-]{1,253})$/,
    reached: ([, port, host = '']) => toAddress(host, port),
    because: 'Istio writes it like this where the TLS of the caller is passed on',
  },
  {
    pattern: /^PassthroughCluster$/,
    reached: AUTHORITY,
    because: "Istio's sidecars pass calls to unknown hosts on as they are",
  },
  {
    pattern: /^(?:BlackHoleCluster|)$/,
    reached: NOBODY,
    because: 'no route leads anywhere, and the Envoy answered by itself',
  },
  {
    pattern: /^local_(?:app|agent|service)(?:[:_.-].{0,100})?$/,
    reached: SELF,
    because:
      "Consul's sidecars call the service beside them `local_app`, and Envoy's examples alike",
  },
  {
    pattern: /^(?:inbound:)?(?:localhost|127\.0\.0\.1|\[?::1\]?):\d{1,5}$/,
    reached: SELF,
    because: "Kuma's sidecars name the port of the service beside them",
  },
  {
    pattern:
      /^(?:[\w-]{1,63}\.)?([\w-]{1,63})\.([\w-]{1,63})\.[\w-]{1,63}\.internal\.[\w.-]{1,253}$/,
    reached: ([, name = '', namespace = '']) => ({
      to: 'name',
      name,
      // Consul without namespaces writes `default`, whatever namespace the service is in elsewhere.
      ...(namespace !== 'default' && { namespace }),
    }),
    because: "Consul's sidecars name service, namespace and data centre",
  },
  {
    pattern: /^[a-z0-9-]{1,63}_[a-z0-9-]{1,63}_svc(?:_\d{1,5})?$/,
    reached: ([cluster]) => ({ to: 'name', ...(kumaService(cluster) ?? { name: cluster }) }),
    because: "Kuma's sidecars name the Service and its namespace",
  },
  {
    pattern: /^([a-z0-9-]{1,63})\/([a-z0-9-]{1,253})\/\d{1,5}\/[0-9a-f]{1,64}$/,
    reached: ([, namespace = '', name = '']) => ({ to: 'name', name, namespace }),
    because: 'Contour names namespace, Service, port and a hash',
  },
  {
    pattern: /^(?:http|grpc|tcp|tls)route\//,
    reached: AUTHORITY,
    because: 'Envoy Gateway names the route, and not the Service behind it',
  },
  {
    pattern: /^(?:original_dst|dynamic_forward_proxy).{0,100}$/,
    reached: AUTHORITY,
    because: 'the request itself says where it goes',
  },
  {
    pattern: /^([\w-]{1,63}(?:\.[\w-]{1,63}){1,20})(?::(\d{1,5}))?$/,
    reached: ([, host = '', port]) => toAddress(host, port),
    because: 'people name clusters after the host that they lead to',
  },
  {
    pattern: /^([A-Za-z0-9][\w-]{0,199})(?::\d{1,5})?$/,
    reached: ([, name = '']) => ({ to: 'name', name }),
    because: 'people name clusters after the service that they lead to',
  },
];

export function reachedBy(cluster: string): Reached {
  for (const { pattern, reached } of CLUSTER_RULES) {
    const match = pattern.exec(cluster);
    if (match) return reached(match);
  }
  return { to: 'authority' };
}

/** `NAME_NAMESPACE_svc_PORT`, as Kuma names the Services of Kubernetes. */
export function kumaService(text: string): { name: string; namespace: string } | undefined {
  const match = /^([a-z0-9-]{1,63})_([a-z0-9-]{1,63})_svc(?:_\d{1,5})?$/.exec(text);
  const [, name, namespace] = match ?? [];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

function toAddress(host: string, port: string | undefined): Reached {
  const number = Number(port ?? 0);
  const isPort = number > 0 && number < 65_536;
  return { to: 'address', host: host.toLowerCase(), ...(isPort && { port: number }) };
}
