/** Clients that only ask whether a service lives, or scrape its metrics. */
const AGENTS = ['kube-probe/', 'GoogleHC/', 'ELB-HealthChecker/', 'Prometheus/', 'Envoy/HC'];

/** Whether a user agent is the platform's. */
export function isOperationalAgent(agent: string | undefined): boolean {
  return agent !== undefined && AGENTS.some((name) => agent.startsWith(name));
}
