import type { Policy } from '../../authorization/model/index.ts';
import type { EstateMessage } from './estate-teller.ts';
import { ToldEstate } from './estate-view.ts';
import { EstateResolver } from './resolver.ts';

type Draft = { -readonly [Part in keyof Policy]: Policy[Part][number][] };

const nothing = (): Draft => ({ services: [], endpoints: [], grants: [], guardrails: [] });

/** What `EstateTeller` tells, put together again. */
export class Told {
  readonly estate = new ToldEstate();
  readonly resolver: EstateResolver;
  #draft = nothing();

  constructor(environment: string) {
    this.resolver = new EstateResolver(this.estate, environment);
  }

  take(message: EstateMessage): void {
    if (message.type === 'estate') {
      this.estate.put(message.put, message.gone);
      this.resolver.changed(message.put, message.gone);
      return;
    }
    if (message.isFirst) this.#draft = nothing();
    const { services = [], endpoints = [], grants = [], guardrails = [] } = message.part;
    const draft = this.#draft;
    draft.services.push(...services);
    draft.endpoints.push(...endpoints);
    draft.grants.push(...grants);
    draft.guardrails.push(...guardrails);
    if (!message.isLast) return;
    this.estate.policyWords.put(draft);
    this.#draft = nothing();
  }
}
