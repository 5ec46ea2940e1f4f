/** Which service stands behind a cluster of Envoy, by the names that Istio gives clusters:
 *  `outbound|8080|v1|orders.shop.svc.cluster.local` is that host; `inbound|8080||` and
 *  `PassthroughCluster` say nothing. A plain word is what a person called it: the name of the service
 *  where nothing better is known. */
export function serviceOfCluster(cluster: string | undefined): {
  host?: string;
  cluster?: string;
} {
  if (cluster === undefined) return {};
  const host = OUTBOUND.map((pattern) => pattern.exec(cluster)?.[1]).find(Boolean);
  if (host !== undefined) return { host };
  return PLAIN.test(cluster) && !SAYS_NOTHING.test(cluster) ? { cluster } : {};
}

/** The second is how Istio writes the first where a `|` may not stand. */
const OUTBOUND = [
  /^outbound\|\d{1,5}\|[^|]{0,100}\|([\w.-]{1,253})$/,
  /^outbound_\.\d{1,5}_\.[^_.]{0,100}_\.([\w.-]{1,253})$/,
];
const PLAIN = /^[A-Za-z0-9][\w.-]{0,199}$/;
const SAYS_NOTHING = /^(?:inbound|agent$|sds-grpc$|xds-grpc$)|(?:Passthrough|BlackHole)/i;
