import { toPlace } from '../../base/diagnostic.ts';
import type { Inspection } from '../engine/index.ts';
import type { Decision, Guardrail, Policy, PolicyService, Reason } from '../model/index.ts';

/** Why a call is allowed or denied, and what would make it otherwise. */
export interface Explanation {
  readonly decision: Decision;
  /** What the call was taken for, as names and values: `caller`, `request`, `endpoint` … */
  readonly facts: readonly Fact[];
  /** What would allow it, one step after the other; empty where it is allowed. */
  readonly remedies: readonly Remedy[];
}

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** `web/reeve.yaml:10:20` */
  readonly place?: string;
}

export interface Remedy {
  /** A sentence. */
  readonly step: string;
  /** What to write, as it is written. */
  readonly snippet?: string;
}

type Traced = Inspection & { readonly decision: Decision };

/** Puts into words what a decision follows from. */
export function explain(
  traced: Traced,
  policy: Pick<Policy, 'guardrails' | 'grants'>,
): Explanation {
  const { decision, reason } = traced;
  return {
    decision,
    facts: [...callerFacts(traced), ...requestFacts(traced), ...declaredFacts(traced)],
    remedies: REMEDIES[reason](traced, policy),
  };
}

function callerFacts({ question, callers }: Traced): Fact[] {
  const { caller, proof } = question;
  if (caller === undefined) return [{ name: 'caller', value: 'proves nothing' }];
  return [
    { name: 'caller', value: `${caller}, by ${proof === 'token' ? 'token' : 'mTLS'}` },
    ...callers.map((service) => ({ name: 'which is', value: described(service) })),
  ];
}

function requestFacts({ question, request, callee, nearest }: Traced): Fact[] {
  const facts = [{ name: 'callee', value: callee ? described(callee) : question.service }];
  if (request) facts.push({ name: 'request', value: `${request.method} ${request.path}` });
  for (const { operation, endpoints, isBlocked, isExact } of nearest) {
    const sensitive = [...new Set(endpoints.flatMap(({ sensitivity }) => sensitivity))];
    const notes = [
      ...(isBlocked ? ['blocked'] : []),
      ...(isExact ? [] : ['spelt otherwise']),
      ...(endpoints.length === 0 ? ['known from declared calls alone'] : []),
      ...sensitive,
    ];
    const note = notes.length > 0 ? ` (${notes.join(', ')})` : '';
    facts.push({ name: 'endpoint', value: `${operation}${note}` });
  }
  return facts;
}

const MAX_DECLARED = 20;

function declaredFacts({ declared }: Traced): Fact[] {
  const facts = declared.slice(0, MAX_DECLARED).map(({ operation, source }) => ({
    name: 'declared',
    value: operation === '*' ? 'every operation' : operation,
    place: toPlace(source),
  }));
  const more = declared.length - facts.length;
  return more > 0 ? [...facts, { name: 'declared', value: `and ${more} more` }] : facts;
}

function described({ id, owner, exposure, groups, mode }: PolicyService): string {
  const notes = [
    owner === undefined ? 'nobody’s' : `of ${owner}`,
    ...(exposure === 'internet' ? ['on the internet'] : []),
    ...groups.map((group) => `in ${group}`),
    ...(mode === 'shadow' ? ['in shadow mode: denials are only logged'] : []),
  ];
  return `${id} (${notes.join(', ')})`;
}

type Remedies = (traced: Traced, policy: Pick<Policy, 'guardrails' | 'grants'>) => Remedy[];

const REMEDIES: Readonly<Record<Reason, Remedies>> = {
  declared: () => [],
  'caller-unproved': () => [
    { step: 'Let the caller prove who it is: by mutual TLS with its X.509-SVID, or a JWT-SVID.' },
  ],
  'caller-unknown': () => [
    {
      step: 'Register the identity for a service, or run the caller under its own: `reeve identity entries` lists those that are registered.',
    },
  ],
  'service-unknown': () => [
    { step: 'Name a service that the estate knows: `reeve services` lists them.' },
  ],
  'operation-malformed': ({ refusal }) => [
    {
      step: `Send it in the one way that all servers read alike: it ${refusal?.problem ?? 'is malformed'}.`,
    },
  ],
  'call-undeclared': declareIt,
  'operation-undeclared': declareIt,
  'endpoint-blocked': () => [
    { step: 'Call another endpoint, or let its owner undo the block: `reeve endpoints undo`.' },
  ],
  'guardrail-forbids': (traced, policy) => aboutGuardrail(traced, policy, 'Ask whoever keeps'),
  'guardrail-failed': (traced, policy) => aboutGuardrail(traced, policy, 'Mend'),
};

/** What the caller's team would write. Wildcards are nobody's advice: it is the endpoint itself that is named. */
function declareIt(
  { callers, callee, nearest, question }: Traced,
  { grants }: Pick<Policy, 'grants'>,
): Remedy[] {
  const [caller] = callers;
  if (!caller || !callee) return [];
  const named = nearest.filter(({ coveredBy }) => coveredBy.length === 0);
  const operations =
    named.length > 0 ? named.map(({ operation }) => operation) : [written(question)];
  const file = grants.find(({ from }) => from === caller.id)?.source.file;
  // values of the request would open it for these alone
  const unknown =
    nearest.length === 0 && question.protocol === 'http'
      ? ` (nothing like it is known of ${callee.name}: write \`{name}\` where a value stands)`
      : '';
  const namespace =
    callee.namespace === caller.namespace ? [] : [`      namespace: ${callee.namespace}`];
  return [
    {
      step: `Declare the call in ${file ?? `the reeve.yaml of ${caller.name}`}, if ${caller.name} needs it${unknown}:`,
      snippet: [
        '  calls:',
        `    - service: ${callee.name}`,
        ...namespace,
        `      operations: [${operations.map((one) => JSON.stringify(one)).join(', ')}]`,
      ].join('\n'),
    },
  ];
}

function written({ protocol, method, path }: Traced['question']): string {
  const query = path.indexOf('?');
  const asked = query === -1 ? path : path.slice(0, query);
  return protocol === 'http' ? `${method.toUpperCase()} ${asked}` : `${method} ${asked}`;
}

function aboutGuardrail(
  { decision }: Traced,
  { guardrails }: Pick<Policy, 'guardrails'>,
  what: string,
): Remedy[] {
  return guardrails
    .filter(({ id }) => decision.because.includes(id))
    .map((guardrail) => ({
      step: `${what} guardrail ${guardrail.id}, at ${placeOf(guardrail)}:`,
      snippet: guardrail.text,
    }));
}

function placeOf({ file, line }: Guardrail): string {
  return toPlace({ file, line });
}
