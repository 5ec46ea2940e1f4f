import type {
  Grant,
  Policy,
  PolicyEndpoint,
  PolicyService,
  Question,
} from '../../src/authorization/model/index.ts';

/** Estates made up for benchmarks. Each service offers twenty operations. */
const ENDPOINTS_OF_SERVICE = 20;
/** Each calls four others, and declares two or three operations of each: ten calls. */
export const USUAL_CALLS = [3, 2, 3, 2];
const NAMESPACE_SIZE = 25;
const WORDS = 'order customer invoice shipment product basket refund address session report'.split(
  ' ',
);
const KINDS = 'line note event batch item draft rule quote task draft-line audit-note'.split(' ');
/** A hundred and ten names of collections, and one of each service's own. */
const resourceOf = (number: number, at: number): string =>
  at === 0
    ? `${WORDS[number % WORDS.length]}-${number}s`
    : `${WORDS[(number + at) % WORDS.length]}-${KINDS[(number * 7 + at) % KINDS.length]}s`;
const SHAPES = [
  ['GET', '/v1/RESOURCE'],
  ['POST', '/v1/RESOURCE'],
  ['GET', '/v1/RESOURCE/{id}'],
  ['PUT', '/v1/RESOURCE/{id}'],
  ['DELETE', '/v1/RESOURCE/{id}'],
  ['GET', '/v1/RESOURCE/{id}/items/{itemId}'],
  ['POST', '/v1/RESOURCE/{id}/items'],
  ['GET', '/v1/RESOURCE/export'],
  ['POST', '/v1/RESOURCE/{id}/cancel'],
  ['GET', '/v1/tenants/{tenant}/RESOURCE/{id}/history'],
] as const;

/** Numbers that look drawn by lot, and are the same in each run. */
export function drawer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Of so many services; `calls` says of how many operations of each of its callees a service declares calls. */
export function estateOf(count: number, calls: readonly number[] = USUAL_CALLS): Policy {
  const draw = drawer(17);
  const services = Array.from({ length: count }, (_, number) => serviceOf(number));
  const endpoints = services.flatMap(endpointsOf);
  const grants = services.flatMap(({ id }): Grant[] =>
    calls.flatMap((operations) => {
      const callee = draw(count);
      const to = services[callee]?.id ?? id;
      return Array.from({ length: operations }, () => {
        const at = callee * ENDPOINTS_OF_SERVICE + draw(ENDPOINTS_OF_SERVICE);
        const { method, template } = endpoints[at] ?? { method: 'GET', template: '/' };
        const source = {
          reader: 'declarations',
          how: 'declared' as const,
          file: `${id}/reeve.yaml`,
          line: 9,
        };
        return { from: id, to, operation: `${method} ${template}`, source };
      });
    }),
  );
  return { services, endpoints, grants, guardrails: [] };
}

function serviceOf(number: number): PolicyService {
  const namespace = `team-${Math.floor(number / NAMESPACE_SIZE)}`;
  const name = `${WORDS[number % WORDS.length]}-${number}`;
  return {
    id: `production/${namespace}/${name}`,
    environment: 'production',
    namespace,
    name,
    kind: 'workload',
    identities: [`spiffe://example.org/ns/${namespace}/sa/${name}`],
    owner: namespace,
    criticality: 'medium',
    sensitivity: [],
    exposure: 'internal',
    groups: [],
    mode: 'enforce',
  };
}

function endpointsOf({ id, owner }: PolicyService, number: number): PolicyEndpoint[] {
  return Array.from({ length: ENDPOINTS_OF_SERVICE }, (_, at) => {
    const [method, shape] = SHAPES[at % SHAPES.length] ?? SHAPES[0];
    const resource = resourceOf(number, Math.floor(at / SHAPES.length));
    return {
      service: id,
      protocol: 'http',
      method,
      template: shape.replace('RESOURCE', resource),
      owner,
      criticality: undefined,
      sensitivity: at % 5 === 0 ? ['pii'] : [],
      deprecated: false,
      blocked: false,
    };
  });
}

/** Questions about an estate: half are what a grant allows; the others are of another caller, for another operation of
 *  the callee, or for a path that is not known. */
export class Questions {
  readonly #texts: Buffer;
  readonly #ends: Uint32Array;
  #next = 0;

  /** Of `count` questions, which are asked over and over. */
  constructor(policy: Policy, count: number) {
    const texts = Array.from(drawTexts(policy, count));
    this.#texts = Buffer.from(texts.join(''), 'latin1');
    let end = 0;
    this.#ends = Uint32Array.from(texts, (text) => {
      end += text.length;
      return end;
    });
  }

  /** The next ones. Their texts are made anew, as if they had just come over a wire, and nothing else of the program
   *  holds them. */
  take(count: number): Question[] {
    return Array.from({ length: count }, () => ({
      caller: this.#text(),
      proof: 'mtls',
      service: this.#text(),
      protocol: 'http',
      method: this.#text(),
      path: this.#text(),
    }));
  }

  #text(): string {
    const at = this.#next;
    this.#next = at + 1 === this.#ends.length ? 0 : at + 1;
    return this.#texts.toString('latin1', at === 0 ? 0 : this.#ends[at - 1], this.#ends[at]);
  }
}

/** Four texts a question: caller, service, method and path. */
function* drawTexts({ grants, services, endpoints }: Policy, count: number): Generator<string> {
  const draw = drawer(23);
  const identityOf = new Map(services.map(({ id, identities }) => [id, identities[0] ?? '']));
  for (let number = 0; number < count; number++) {
    const grant = grants[draw(grants.length)];
    const kind = draw(8);
    const isOtherCaller = kind === 4 || kind === 5;
    const caller = isOtherCaller ? services[draw(services.length)]?.id : grant?.from;
    const other = endpoints[draw(ENDPOINTS_OF_SERVICE)];
    const operation = kind === 6 ? `${other?.method} ${other?.template}` : (grant?.operation ?? '');
    const [method = '', template = ''] = operation.split(' ');
    const path = template.replace(/\{\w+\}/g, () => `${draw(1_000_000_000)}`);
    yield identityOf.get(caller ?? '') ?? '';
    yield grant?.to ?? '';
    yield method;
    yield kind === 7 ? `${path}/unknown` : path;
  }
}
