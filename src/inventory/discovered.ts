import { compareText } from '../base/diagnostic.ts';
import type { Endpoint } from '../estate/index.ts';

/** What is declared, against what was found. */
export interface DiscoveredAgainstDeclared {
  /** Endpoints that somebody declares. */
  readonly declared: number;
  /** Endpoints that were found: configured, implemented or observed. */
  readonly discovered: number;
  /** Endpoints that were found, and that nobody declares. */
  readonly undeclared: number;
  /** `undeclared` of `discovered`, 0 to 1; 0 where nothing was found. */
  readonly share: number;
  /** `undeclared` for each declared endpoint: how much more there is than is said (0.307: 30.7 %
   *  more); null where nothing is declared. */
  readonly excess: number | null;
}

export interface DiscoveryFigures extends DiscoveredAgainstDeclared {
  /** By service id; the most undeclared first. */
  readonly byService: readonly (DiscoveredAgainstDeclared & { readonly service: string })[];
  readonly byEnvironment: readonly (DiscoveredAgainstDeclared & {
    readonly environment: string;
  })[];
}

/** The gap between what is declared and what was found, of the endpoints that are shown. */
export function discoveredAgainstDeclared(
  endpoints: readonly Pick<Endpoint, 'service' | 'status' | 'visibility'>[],
): DiscoveryFigures {
  const whole = new Count();
  const services = new Map<string, Count>();
  const environments = new Map<string, Count>();
  for (const endpoint of endpoints) {
    if (endpoint.visibility !== 'shown') continue;
    const environment = endpoint.service.slice(0, endpoint.service.indexOf('/'));
    whole.add(endpoint.status);
    countOf(services, endpoint.service).add(endpoint.status);
    countOf(environments, environment).add(endpoint.status);
  }
  return {
    ...whole.toFigures(),
    byService: sorted(services).map(([service, figures]) => ({ service, ...figures })),
    byEnvironment: sorted(environments).map(([environment, figures]) => ({
      environment,
      ...figures,
    })),
  };
}

class Count {
  #declared = 0;
  #discovered = 0;
  #undeclared = 0;

  add(status: Endpoint['status']): void {
    if (status !== 'dormant') this.#discovered++;
    if (status === 'shadow') this.#undeclared++;
    else this.#declared++;
  }

  toFigures(): DiscoveredAgainstDeclared {
    const [declared, discovered, undeclared] = [this.#declared, this.#discovered, this.#undeclared];
    return {
      declared,
      discovered,
      undeclared,
      share: discovered === 0 ? 0 : undeclared / discovered,
      excess: declared === 0 ? null : undeclared / declared,
    };
  }
}

function countOf(counts: Map<string, Count>, key: string): Count {
  const known = counts.get(key);
  if (known) return known;
  const count = new Count();
  counts.set(key, count);
  return count;
}

function sorted(counts: ReadonlyMap<string, Count>): [string, DiscoveredAgainstDeclared][] {
  return [...counts]
    .map(([key, count]): [string, DiscoveredAgainstDeclared] => [key, count.toFigures()])
    .sort(([x, a], [y, b]) => b.undeclared - a.undeclared || compareText(x, y));
}
