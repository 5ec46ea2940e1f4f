import { isAt } from './bytes.ts';

/** Clients that only ask whether a service lives, or scrape its metrics: how their names begin. */
const PROBES: readonly Uint8Array[] = [
  'kube-probe/',
  'GoogleHC/',
  'ELB-HealthChecker/',
  'Prometheus/',
  'Envoy/HC',
].map((name) => Buffer.from(name));

/** Whether the platform itself asked, by its own word. */
export function startsWithProbe(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  for (const probe of PROBES) {
    if (probe[0] === first && end - start >= probe.length && isAt(bytes, start, probe)) return true;
  }
  return false;
}
