import type { TracingNames } from './names.ts';
import type { EstateView } from './ports.ts';

const UNKNOWN = 0;
const PLAIN = 1;
const SENSITIVE = 2;

/** Which endpoints hold what somebody would come for; each is asked about once. */
export class SensitiveEndpoints {
  readonly #names: TracingNames;
  readonly #estate: EstateView;
  #known = new Uint8Array(1_024);

  constructor(names: TracingNames, estate: EstateView) {
    this.#names = names;
    this.#estate = estate;
  }

  /** @param endpoint its number; 0, for none, has nothing */
  has(endpoint: number): boolean {
    const known = this.#known[endpoint] ?? UNKNOWN;
    return endpoint !== 0 && (known === UNKNOWN ? this.#ask(endpoint) : known) === SENSITIVE;
  }

  /** The estate is another than before. */
  forget(): void {
    this.#known.fill(UNKNOWN);
  }

  #ask(number: number): number {
    const endpoint = this.#names.endpointOf(number);
    const service = this.#names.services.text(endpoint?.service ?? 0);
    const known = endpoint && this.#estate.endpoint(service, endpoint);
    const answer = (known?.sensitivity.length ?? 0) > 0 ? SENSITIVE : PLAIN;
    if (number >= this.#known.length) this.#grow(number);
    this.#known[number] = answer;
    return answer;
  }

  #grow(number: number): void {
    const known = new Uint8Array(2 ** Math.ceil(Math.log2(number + 1)));
    known.set(this.#known);
    this.#known = known;
  }
}
