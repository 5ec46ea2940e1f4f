import type { Entitled } from '../workload-api/index.ts';
import type { SdsConfig } from './config.ts';
import type { ValidationContexts } from './contexts.ts';
import { certificateSecret, type Secret } from './messages.ts';
import type { OfferedResources } from './resources.ts';

export interface CatalogueParts {
  readonly config: SdsConfig;
  readonly contexts: ValidationContexts;
  readonly nobody: (name: string, isSpiffe: boolean) => Secret;
}

/** The secrets of a workload that is entitled to something, as one kind of Envoy takes them. Each is made when it is
 *  asked for. */
export class Catalogue implements OfferedResources {
  readonly #entitled: Entitled;
  readonly #isSpiffe: boolean;
  readonly #parts: CatalogueParts;
  readonly #made = new Map<string, Secret | undefined>();
  readonly #unenforced = new Set<string>();
  #until = Number.POSITIVE_INFINITY;

  constructor(entitled: Entitled, isSpiffe: boolean, parts: CatalogueParts) {
    this.#entitled = entitled;
    this.#isSpiffe = isSpiffe && parts.config.spiffeValidator;
    this.#parts = parts;
  }

  get names(): readonly string[] {
    const { svids, bundles } = this.#entitled;
    const ids = new Set(svids.map(({ spiffeId }) => spiffeId));
    const trusted = bundles.map(({ trustDomain }) => `spiffe://${trustDomain}`);
    return [...ids, ...trusted].filter((name) => this.find(name) !== undefined);
  }

  get unenforced(): readonly string[] {
    return [...this.#unenforced];
  }

  get until(): number {
    return this.#until;
  }

  find(name: string): Secret | undefined {
    // Who asks for what is not there cannot make it remember names.
    const known = this.#made.get(name);
    if (known) return known;
    const made = this.#make(name);
    if (made) this.#made.set(name, made);
    return made;
  }

  withdrawn(name: string): Secret | undefined {
    return this.#isOfTrust(name) ? this.#parts.nobody(name, this.#isSpiffe) : undefined;
  }

  whyNot(name: string): string {
    const { defaultAllBundlesName } = this.#parts.config;
    if (name === defaultAllBundlesName && !this.#isSpiffe) {
      return 'it needs the validator of SPIFFE, which this Envoy has not or is not to use';
    }
    if (this.#isOfTrust(name)) {
      return 'the workload is neither of that trust domain nor federated with it, or its bundle is empty or not known';
    }
    const ids = this.#entitled.svids.map(({ spiffeId }) => spiffeId);
    return `the workload is entitled to ${[...new Set(ids)].slice(0, 8).join(', ')}`;
  }

  #make(name: string): Secret | undefined {
    const { defaultSvidName, defaultBundleName, defaultAllBundlesName } = this.#parts.config;
    const { svids, bundles } = this.#entitled;
    const [first] = svids;
    if (name === defaultSvidName) return first && certificateSecret(name, first);
    if (name === defaultBundleName) return this.#context(name, first?.trustDomain);
    if (name === defaultAllBundlesName) {
      return this.#isSpiffe ? this.#contextOf(name, bundles) : undefined;
    }
    const svid = svids.find(({ spiffeId }) => spiffeId === name);
    if (svid) return certificateSecret(name, svid);
    return this.#context(name, trustDomainOf(name));
  }

  #context(name: string, wanted: string | undefined): Secret | undefined {
    const bundle = this.#entitled.bundles.find(({ trustDomain }) => trustDomain === wanted);
    return bundle && this.#contextOf(name, [bundle]);
  }

  #contextOf(name: string, bundles: Entitled['bundles']): Secret | undefined {
    const { svids, crls } = this.#entitled;
    const wish = { name, isSpiffe: this.#isSpiffe, bundles, svids, crls };
    const context = this.#parts.contexts.contextOf(wish);
    if (!context) return undefined;
    for (const trustDomain of context.unenforced) this.#unenforced.add(trustDomain);
    this.#until = Math.min(this.#until, context.until);
    return context.secret;
  }

  #isOfTrust(name: string): boolean {
    const { defaultBundleName, defaultAllBundlesName } = this.#parts.config;
    return (
      name === defaultBundleName ||
      name === defaultAllBundlesName ||
      trustDomainOf(name) !== undefined
    );
  }
}

/** `example.org` of `spiffe://example.org`. */
function trustDomainOf(name: string): string | undefined {
  return /^spiffe:\/\/([^/]+)$/.exec(name)?.[1];
}
