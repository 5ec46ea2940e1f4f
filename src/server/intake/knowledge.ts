import { canonicalJson, type Endpoint, type TemplateCorrection } from '../../estate/index.ts';
import type { Knowledge, Prior } from '../../inventory/templates/index.ts';

/** What the estate and people know of the templates of each service. */
export class TemplateKnowledge {
  #priors = new Map<string, Prior[]>();
  #corrections: ReadonlyMap<string, readonly TemplateCorrection[]> = new Map();
  /** What each party was told, as text. */
  readonly #told = new Map<string, string>();

  setEndpoints(endpoints: readonly Endpoint[]): void {
    this.#priors = new Map();
    for (const endpoint of endpoints) {
      const prior = toPrior(endpoint);
      if (prior === undefined) continue;
      const known = this.#priors.get(endpoint.service);
      if (known) known.push(prior);
      else this.#priors.set(endpoint.service, [prior]);
    }
  }

  /** @param corrections by service id */
  setCorrections(corrections: ReadonlyMap<string, readonly TemplateCorrection[]>): void {
    this.#corrections = corrections;
  }

  /** What is to be told of a party that is this service, where that differs from what was told. */
  news(key: string, serviceId: string): Knowledge | undefined {
    const knowledge = {
      priors: this.#priors.get(serviceId) ?? [],
      corrections: this.#corrections.get(serviceId) ?? [],
    };
    const text = canonicalJson(knowledge);
    if ((this.#told.get(key) ?? NOTHING) === text) return undefined;
    this.#told.set(key, text);
    return knowledge;
  }
}

const NOTHING = canonicalJson({ priors: [], corrections: [] });

/** The template, where somebody wrote it down. */
function toPrior(endpoint: Endpoint): Prior | undefined {
  const { protocol, method, template } = endpoint;
  const from = FROM.find(([, says]) => says(endpoint))?.[0];
  if (protocol !== 'http' || from === undefined) return undefined;
  return { from, template, ...(method !== 'ANY' && { method }) };
}

/** Who wrote it down. What was adopted and then declared stands in the specification. */
const FROM: readonly [Prior['from'], (endpoint: Endpoint) => boolean][] = [
  ['specification', ({ declaredIn }) => declaredIn.length > 0],
  ['person', ({ decisions }) => decisions.some(({ action }) => action === 'adopt')],
  ['code', ({ implementedIn }) => implementedIn.length > 0],
];
