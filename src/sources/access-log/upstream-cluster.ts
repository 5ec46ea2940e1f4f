/** Which service stands behind a cluster of Envoy, by the names that Istio gives clusters:
 *  `outbound|8080|v1|orders.shop.svc.cluster.local` is that host; `inbound|8080||` and
 *  `PassthroughCluster` say nothing. Other control planes and people give names of their own, which
 *  are not taken for services. */
export function serviceOfCluster(cluster: string | undefined): { host?: string } {
  const host = OUTBOUND.map((pattern) => pattern.exec(cluster ?? '')?.[1]).find(Boolean);
  return host === undefined ? {} : { host };
}

/** The second is how Istio writes the first where a `|` may not stand. */
const OUTBOUND = [
  /^outbound\|\d{1,5}\|[^|]{0,100}\|([\w.-]{1,253})$/,
  /^outbound_\.\d{1,5}_\.[^_.]{0,100}_\.([\w.-]{1,253})$/,
];
