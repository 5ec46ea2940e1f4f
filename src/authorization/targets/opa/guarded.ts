import { compareText } from '../../../base/diagnostic.ts';
import { entryOf } from '../../../base/pick.ts';
import type {
  GuardContext,
  GuardedCall,
  GuardrailJudge,
  PolicyEndpoint,
  PolicyService,
} from '../../model/index.ts';
import { EVERY_METHOD } from '../../operations/index.ts';
import type { Caller } from './callers.ts';
import type { OpaBeyond, OpaDeclared } from './declared.ts';
import { isHttp, type KnownMethod, type KnownOperations, type KnownSpot } from './known.ts';

/** What guardrails say of what a caller declares, by protocol and method as in what is known, and by the place there;
 *  `unknown`: where nothing is known. `HEAD GET`: of a `HEAD` that goes by `GET`, where that is something else. What
 *  they let through is left out. */
export type OpaGuarded = Readonly<Record<string, Readonly<Record<string, OpaVerdicts>>>>;
type OpaVerdicts = Readonly<Record<string, OpaVerdict>>;

/** `asked`: it depends on the request. Otherwise the guardrail's id, the service that it denies it to, and why. Of
 *  several, the least counts. */
export type OpaVerdict =
  | readonly ['asked']
  | readonly [does: 'failed' | 'forbids', id: string, caller: string, why: string];

type Given = Partial<GuardContext>;

/** Asks guardrails about calls of one callee. */
export class Guarded {
  readonly #judge: GuardrailJudge;
  readonly #callee: PolicyService;
  readonly #methods: readonly KnownMethod[];
  readonly #granted = new Map<KnownSpot, PolicyEndpoint>();

  constructor(judge: GuardrailJudge, callee: PolicyService, known: KnownOperations) {
    this.#judge = judge;
    this.#callee = callee;
    this.#methods = withOthers(known.methods);
  }

  of(caller: Caller, declared: OpaDeclared): OpaGuarded {
    const guarded: Record<string, Record<string, OpaVerdicts>> = {};
    const add = ({ protocol }: KnownMethod, method: string, verdicts: OpaVerdicts): void => {
      guarded[protocol] = { ...guarded[protocol], [method]: verdicts };
    };
    for (const of of this.#methods) {
      const isOne = of.protocol === 'http' && of.method !== EVERY_METHOD;
      const given = isOne ? { method: of.method } : {};
      const verdicts = this.#verdictsOf(of, caller, declared, given);
      if (Object.keys(verdicts).length > 0) add(of, of.method, verdicts);
      if (of.protocol !== 'http' || of.method !== 'GET') continue;
      const ofHead = this.#verdictsOf(of, caller, declared, { method: 'HEAD' });
      if (JSON.stringify(ofHead) !== JSON.stringify(verdicts)) add(of, 'HEAD GET', ofHead);
    }
    return guarded;
  }

  #verdictsOf(
    of: KnownMethod,
    caller: Caller,
    { known, beyond }: OpaDeclared,
    given: Given,
  ): OpaVerdicts {
    const covering = entryOf(entryOf(known, of.protocol) ?? {}, of.method) ?? [];
    const covered = new Set(covering.flatMap(({ covers }) => covers));
    const asked: [string, readonly (PolicyEndpoint | undefined)[]][] = of.spots.flatMap(
      (spot, at) => (covered.has(at) ? [[`${at}`, this.#endpointsAt(spot, of)]] : []),
    );
    if (beyond?.some((one) => isOfMethod(one, of))) asked.push(['unknown', [undefined]]);
    return Object.fromEntries(
      asked.flatMap(([at, endpoints]) => {
        const verdict = this.#worst(caller, endpoints, given);
        return verdict ? [[at, verdict]] : [];
      }),
    );
  }

  /** Undefined: they let it through. */
  #worst(
    { services }: Caller,
    endpoints: readonly (PolicyEndpoint | undefined)[],
    given: Given,
  ): OpaVerdict | undefined {
    const calls = services.flatMap((caller) =>
      endpoints.map((endpoint): GuardedCall => ({ caller, callee: this.#callee, endpoint })),
    );
    return calls.flatMap((call) => this.#ask(call, given)).sort(byRank)[0];
  }

  #ask(call: GuardedCall, given: Given): OpaVerdict[] {
    const verdict = this.#judge.standing(call, given);
    if (verdict.kind === 'clear') return [];
    if (verdict.kind === 'depends') return [['asked']];
    const why = verdict.kind === 'failed' ? verdict.problem : (verdict.reason ?? '');
    return [[verdict.kind, verdict.id, call.caller.id, why]];
  }

  /** What only grants know of has what its service has. */
  #endpointsAt(spot: KnownSpot, of: KnownMethod): readonly PolicyEndpoint[] {
    if (spot.endpoints.length > 0) return spot.endpoints;
    const known = this.#granted.get(spot) ?? toEndpoint(this.#callee, spot, of);
    this.#granted.set(spot, known);
    return [known];
  }
}

const isOfMethod = ({ path, method }: OpaBeyond, of: KnownMethod): boolean =>
  path === undefined || (of.protocol === 'http' && (method ?? of.method) === of.method);

/** For what is called in a way that nobody speaks of. */
function withOthers(methods: readonly KnownMethod[]): KnownMethod[] {
  const others = (['http', 'graphql', 'event'] as const).filter(
    (of) => !methods.some(({ protocol, method }) => protocol === of && method === EVERY_METHOD),
  );
  return [...methods, ...others.map((protocol) => ({ protocol, method: EVERY_METHOD, spots: [] }))];
}

function toEndpoint(
  { id, owner, criticality, sensitivity }: PolicyService,
  { operation, isOfEvery }: KnownSpot,
  { method }: KnownMethod,
): PolicyEndpoint {
  const has = { service: id, owner, criticality, sensitivity, deprecated: false, blocked: false };
  if (!isHttp(operation)) {
    const { protocol, name } = operation;
    return { ...has, protocol, method, template: name };
  }
  const template = operation.path.text;
  if (operation.isRpc) return { ...has, protocol: 'grpc', method: 'RPC', template };
  return { ...has, protocol: 'http', method: isOfEvery ? 'ANY' : method, template };
}

/** What has to be asked first, then what fails, then by guardrail and caller. */
function byRank(a: OpaVerdict, b: OpaVerdict): number {
  const at = a.findIndex((part, place) => part !== b[place]);
  return at === -1 ? 0 : compareText(a[at] ?? '', b[at] ?? '');
}
