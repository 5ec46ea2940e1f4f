import fc from 'fast-check';
import type {
  Grant,
  Policy,
  PolicyEndpoint,
  PolicyService,
  Proof,
  Question,
} from '../../model/index.ts';

const TRUST_DOMAIN = 'example.org';
const NAMES = ['orders', 'payments', 'reviews', 'mail'] as const;
/** More services than identities: some share one, some have several, and some have none. */
const IDENTITIES = ['a', 'b', 'c', 'd'].map(
  (name) => `spiffe://${TRUST_DOMAIN}/ns/shop/sa/${name}`,
);
const LITERALS = ['a', 'b', 'A', 'aa', 'v1', 'a-b', 'a:b', 'caf%C3%A9', 'x.json'] as const;
const PARAMETERS = ['{id}', '{name}', '{x}-{y}', 'a{x}', '{x}.json'] as const;
const METHODS = ['GET', 'GET', 'POST', 'HEAD', 'ANY', 'DELETE'] as const;
const NAMED = ['QUERY order', 'QUERY orders', 'MUTATION order', 'PUBLISH orders.created'] as const;
const RPCS = ['shop.v1.Cards/Charge', 'shop.v1.Cards/Refund'] as const;
/** Spellings that some server might take for another path. */
const EVASIONS = ['//', '/./', '/../', '/%2e/', '/%2F', '%5c', ';x', '/%252e', '%c0%af', '%', ' '];

const segment = (withWildcards: boolean): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...LITERALS) },
    { weight: 4, arbitrary: fc.constantFrom(...PARAMETERS) },
    { weight: withWildcards ? 2 : 0, arbitrary: fc.constant('*') },
  );

/** A path pattern of up to three segments. */
export function arbitraryTemplate(withWildcards: boolean): fc.Arbitrary<string> {
  const ends = ['', '', '', '', '/{rest...}', ...(withWildcards ? ['/**', '/**'] : [])];
  return fc
    .tuple(fc.array(segment(withWildcards), { maxLength: 3 }), fc.constantFrom(...ends))
    .map(([segments, end]) => `${segments.map((one) => `/${one}`).join('')}${end}` || '/');
}

const identities = (minLength: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...IDENTITIES), { minLength, maxLength: 2 });

const arbitraryService = (name: string): fc.Arbitrary<PolicyService> =>
  fc.record({
    id: fc.constant(`dev/shop/${name}`),
    environment: fc.constant('dev'),
    namespace: fc.constant('shop'),
    name: fc.constant(name),
    kind: fc.constant('workload' as const),
    identities: fc.oneof(
      { weight: 9, arbitrary: identities(1) },
      { weight: 1, arbitrary: identities(0) },
    ),
    owner: fc.constantFrom(undefined, `team-${name}`),
    criticality: fc.constantFrom(undefined, 'high' as const, 'low' as const),
    sensitivity: fc.constantFrom([], ['pii'], ['pci', 'pii']),
    exposure: fc.constantFrom('internet' as const, 'internal' as const),
    groups: fc.constantFrom([], ['checkout']),
    mode: fc.constantFrom('enforce' as const, 'enforce' as const, 'shadow' as const),
  });

const operation = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.constantFrom(...METHODS), arbitraryTemplate(true))
      .map((parts) => parts.join(' ')),
  },
  { weight: 2, arbitrary: fc.constantFrom(...RPCS) },
  { weight: 2, arbitrary: fc.constantFrom(...NAMED) },
  { weight: 1, arbitrary: fc.constant('*') },
);

const endpointOperation = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constantFrom(...METHODS), arbitraryTemplate(false)) },
  { weight: 2, arbitrary: fc.constantFrom(...RPCS).map((name) => ['RPC', `/${name}`] as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...NAMED).map((text) => text.split(' ') as [string, string]),
  },
);

const PROTOCOL_OF: Readonly<Record<string, PolicyEndpoint['protocol']>> = {
  RPC: 'grpc',
  QUERY: 'graphql',
  MUTATION: 'graphql',
  PUBLISH: 'event',
};

const arbitraryEndpoint = (services: readonly string[]): fc.Arbitrary<PolicyEndpoint> =>
  fc
    .record({
      service: fc.constantFrom(...services),
      operation: endpointOperation,
      owner: fc.constantFrom(undefined, 'team-orders'),
      criticality: fc.constantFrom(undefined, 'high' as const),
      sensitivity: fc.constantFrom([], ['pii']),
      deprecated: fc.boolean(),
      blocked: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
    })
    .map(({ operation: [method, template], ...endpoint }) => ({
      ...endpoint,
      protocol: PROTOCOL_OF[method] ?? 'http',
      method,
      template,
    }));

const arbitraryGrant = (services: readonly string[]): fc.Arbitrary<Grant> =>
  fc.record({
    from: fc.constantFrom(...services),
    to: fc.constantFrom(...services),
    operation,
    source: fc.nat(40).map((line) => ({
      reader: 'declarations',
      how: 'declared' as const,
      file: 'shop/reeve.yaml',
      line: line + 1,
    })),
  });

/** Policies of a few services, small enough that much of them meets: identities that are shared, paths that differ in
 *  case or in a parameter, wildcards, blocked endpoints. Without guardrails. */
export function arbitraryPolicy(): fc.Arbitrary<Policy> {
  return fc.tuple(fc.integer({ min: 2, max: NAMES.length })).chain(([count]) => {
    const names = NAMES.slice(0, count);
    const ids = names.map((name) => `dev/shop/${name}`);
    // Most is about the last, or little would meet.
    const callees = [...ids, ...Array.from({ length: count }, () => ids.at(-1) ?? '')];
    return fc.record({
      services: fc.tuple(...names.map(arbitraryService)),
      endpoints: fc.array(arbitraryEndpoint(callees), { maxLength: 8 }),
      grants: fc.array(arbitraryGrant(callees), { minLength: 1, maxLength: 8 }),
      guardrails: fc.constant([]),
    });
  });
}

const ENTROPY = fc.array(fc.nat(999), { minLength: 16, maxLength: 16 });

/** Questions about a policy: mostly of callers and paths that it knows, or that are nearly so. */
export function arbitraryQuestion(policy: Policy): fc.Arbitrary<Question> {
  const operations = [
    ...policy.grants.map((grant) => ({ service: grant.to, from: grant.from, ...readGrant(grant) })),
    ...policy.endpoints.map((endpoint) => ({ ...endpoint, from: undefined })),
  ];
  const any = { service: policy.services[0]?.id ?? 'none', from: undefined, method: 'GET' };
  return fc
    .tuple(
      fc.constantFrom(...operations, { ...any, protocol: 'http' as const, template: '/a/{id}' }),
      ENTROPY,
    )
    .map(([about, entropy]) => questionOf(policy, about, new Entropy(entropy)));
}

interface About {
  readonly service: string;
  readonly from: string | undefined;
  readonly protocol: PolicyEndpoint['protocol'];
  readonly method: string;
  readonly template: string;
}

function readGrant({ operation: text }: Grant): Pick<About, 'protocol' | 'method' | 'template'> {
  const [method = '', template] = text.split(' ');
  if (text === '*') return { protocol: 'http', method: 'ANY', template: '/**' };
  if (template === undefined) return { protocol: 'grpc', method: 'RPC', template: `/${text}` };
  return { protocol: PROTOCOL_OF[method] ?? 'http', method, template };
}

/** Numbers that were drawn beforehand, so that a question shrinks with them. */
class Entropy {
  #at = 0;
  readonly #numbers: readonly number[];

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  next(): number {
    return this.#numbers[this.#at++ % this.#numbers.length] ?? 0;
  }

  /** True once in `times`, and never of zero, which is what shrinks. */
  once(times: number): boolean {
    return this.next() % times === times - 1;
  }

  one<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.next() % values.length] ?? values[0];
  }
}

function questionOf(policy: Policy, about: About, entropy: Entropy): Question {
  const identities = policy.services.find(({ id }) => id === about.from)?.identities ?? [];
  const caller = entropy.once(6) ? undefined : identities[entropy.next() % identities.length];
  const asked = {
    caller: entropy.once(40)
      ? undefined
      : (caller ??
        entropy.one([
          IDENTITIES[0] ?? '',
          ...IDENTITIES,
          `spiffe://${TRUST_DOMAIN}/ns/shop/sa/nobody`,
        ])),
    proof: entropy.once(60) ? undefined : entropy.one<Proof>(['mtls', 'token']),
    service: entropy.once(40) ? 'dev/shop/nowhere' : about.service,
  };
  if (about.protocol === 'graphql' || about.protocol === 'event') {
    const isOther = entropy.once(6);
    return {
      ...asked,
      protocol: about.protocol,
      method: about.method,
      path: isOther ? about.template.toUpperCase() : about.template,
    };
  }
  return {
    ...asked,
    protocol: 'http',
    method: methodOf(about.method, entropy),
    path: pathOf(about.template, entropy),
  };
}

function methodOf(declared: string, entropy: Entropy): string {
  if (entropy.once(5)) return entropy.one(['GET', 'POST', 'HEAD', 'DELETE', 'PURGE', 'get', 'ANY']);
  if (declared === 'GET' && entropy.once(4)) return 'HEAD';
  if (declared === 'RPC') return 'POST';
  return declared === 'ANY' ? entropy.one(['GET', 'HEAD', 'PATCH']) : declared;
}

const VALUES = ['17', 'zz', '%7Eme', '%25', ...LITERALS] as const;

function pathOf(template: string, entropy: Entropy): string {
  const segments = template.slice(1).split('/');
  if (segments.at(-1) === '') segments.pop();
  const path = segments.flatMap((one) => segmentsFor(one, entropy)).map((one) => `/${one}`);
  const text = path.join('') || '/';
  if (entropy.once(20)) return text + entropy.one(EVASIONS as [string, ...string[]]);
  return text + entropy.one(['', '', '', '', '', '/', '?q=a//b', '/?']);
}

function segmentsFor(part: string, entropy: Entropy): string[] {
  if (part === '**' || part.endsWith('...}')) {
    const count = entropy.next() % 3;
    return Array.from({ length: count }, () => entropy.one([...VALUES]));
  }
  if (part === '*' || /^\{\w+\}$/.test(part)) return [entropy.one([...VALUES])];
  const literal = part.replace(/\{\w+\}/g, () => entropy.one([...VALUES]));
  if (entropy.once(8)) return [swapCase(literal)];
  return [entropy.once(12) ? literal.replace(/[a:]/, encode) : literal];
}

const swapCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
const encode = (character: string): string => `%${character.charCodeAt(0).toString(16)}`;
