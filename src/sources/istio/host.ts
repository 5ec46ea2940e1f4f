const SERVICE_DOMAIN = /^[^.]+(?:\.[^.]+(?:\.svc(?:\.[\w.-]+)?)?)?$/;

/** A host that could be a Service of the cluster, rather than one of the internet: `orders`,
 *  `orders.shop`, `orders.shop.svc.cluster.local`, `*.shop.svc.cluster.local`, `*.local`. */
export function isClusterHost(host: string): boolean {
  return host.endsWith('.local') || (SERVICE_DOMAIN.test(host) && !host.includes('*'));
}
