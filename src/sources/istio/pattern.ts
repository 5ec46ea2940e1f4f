/** Istio's match of texts: exact, `prefix*`, `*suffix`, or `*` for anything that is there.
 *  @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source */
export function matchesText(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern === text;
}

/** Whether a pattern of principals (`cluster.local/ns/shop/sa/web`, with `*` at either end) means a
 *  service account. The trust domain is not known from manifests, so any will do. */
export function matchesPrincipal(
  pattern: string,
  namespace: string,
  serviceAccount: string,
): boolean {
  if (isAnyPrincipal(pattern)) return true;
  const path = `/ns/${namespace}/sa/${serviceAccount}`;
  return matchesText(pattern.slice(Math.max(0, pattern.indexOf('/ns/'))), path);
}

/** `*`, `cluster.local/*`, `cluster.local/ns/*`: whoever has a certificate. */
export function isAnyPrincipal(pattern: string): boolean {
  return /^(?:\*|[^/*]+\/(?:ns\/)?\*)$/.test(pattern);
}
