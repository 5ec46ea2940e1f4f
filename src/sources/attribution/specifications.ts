import type { EndpointObservation, Subject } from '../../estate/index.ts';
import type { Named } from './registry.ts';

/** Fewer operations in common may be chance: every service has a `GET /health`. */
const MIN_SHARED = 2;

/** Which service a specification describes that lies in no service's folder and is named after none:
 *  the one that implements at least half of its HTTP operations, and more of them than any other. */
export class Specifications {
  /** Services by `GET /orders/{}`. */
  readonly #implementers = new Map<string, Set<Named>>();
  /** Operations by file. */
  readonly #declared = new Map<string, Set<string>>();

  constructor(
    endpoints: readonly EndpointObservation[],
    resolve: (subject: Subject) => Named | undefined,
  ) {
    for (const endpoint of endpoints) {
      const { subject, source, protocol, operational } = endpoint;
      if (protocol !== 'http' || operational) continue;
      const key = keyOf(endpoint);
      if (source.how === 'declared' && subject.by === 'place') {
        this.#declared.set(subject.file, (this.#declared.get(subject.file) ?? new Set()).add(key));
      }
      const service = source.how === 'implemented' ? resolve(subject) : undefined;
      if (!service) continue;
      this.#implementers.set(key, (this.#implementers.get(key) ?? new Set()).add(service));
    }
  }

  serviceOf(file: string): Named | undefined {
    const declared = this.#declared.get(file) ?? new Set();
    const shared = new Map<Named, number>();
    for (const key of declared) {
      for (const service of this.#implementers.get(key) ?? []) {
        shared.set(service, (shared.get(service) ?? 0) + 1);
      }
    }
    const [best, next] = [...shared].sort(([, a], [, b]) => b - a);
    if (!best || best[1] < MIN_SHARED || best[1] * 2 < declared.size) return undefined;
    return next && next[1] === best[1] ? undefined : best[0];
  }
}

/** Parameters are called differently in specifications and in code. */
function keyOf({ method, template }: EndpointObservation): string {
  return `${method} ${template.replaceAll(/\{[^{}]*\}/g, '{}')}`;
}
