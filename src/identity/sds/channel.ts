import { quote } from '../../base/fault.ts';
import type { Entitled } from '../workload-api/index.ts';
import type { EnvoyNode } from './node.ts';
import type { SdsEvent } from './notices.ts';
import type { AnyRequest, Heard, Outgoing, Protocol } from './protocol.ts';
import type { Offer, OfferedResources } from './resources.ts';

/** Something that people are to hear. */
export interface News {
  readonly event: SdsEvent;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** What is to be said now. */
export interface Looked {
  readonly outgoing: Outgoing | undefined;
  readonly news: readonly News[];
  /** When to look again, as far as that is known. */
  readonly until: number;
}

const MAX_NAMES_TOLD = 8;

/** The resources of one type on one stream. */
export class Channel<Request extends AnyRequest> {
  readonly #offer: Offer;
  readonly #protocol: Protocol<Request>;
  readonly #stopListening: () => void;
  #toldMissing = '';
  #toldUnenforced = '';

  /** @param onChange is called when it is to look again */
  constructor(offer: Offer, protocol: Protocol<Request>, onChange: () => void) {
    this.#offer = offer;
    this.#protocol = protocol;
    this.#stopListening = offer.onChange(onChange);
  }

  hear(request: Request): Heard {
    return this.#protocol.hear(request);
  }

  look(entitled: Entitled, node: EnvoyNode): Looked {
    const resources = this.#offer.resourcesOf(entitled, node);
    const { missing, outgoing } = this.#protocol.look(resources);
    const news = [...this.#newsOfMissing(resources, missing), ...this.#newsOfUnenforced(resources)];
    return { outgoing, news, until: resources.until };
  }

  close(): void {
    this.#stopListening();
  }

  /** Once for each change. */
  #newsOfMissing(resources: OfferedResources, missing: readonly string[]): News[] {
    const told = missing.slice(0, MAX_NAMES_TOLD);
    const text = told.join('\n');
    if (text === this.#toldMissing) return [];
    this.#toldMissing = text;
    if (missing.length === 0) return [];
    const names = told.map((name) => `${quote(name, 200)}: ${resources.whyNot(name)}`);
    const message = `an Envoy asks for ${this.#offer.what} that are not there`;
    return [{ event: 'missing', fields: { count: missing.length, names }, message }];
  }

  #newsOfUnenforced({ unenforced }: OfferedResources): News[] {
    const text = unenforced.join('\n');
    if (text === this.#toldUnenforced) return [];
    this.#toldUnenforced = text;
    if (unenforced.length === 0) return [];
    const message =
      'an Envoy takes revoked certificates until they expire: not every authority above them has a list';
    return [{ event: 'unenforced', fields: { trustDomains: unenforced }, message }];
  }
}
