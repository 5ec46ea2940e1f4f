import { compareText, toPlace } from '../../../base/diagnostic.ts';
import type {
  Decision,
  Grant,
  GuardContext,
  GuardedCall,
  GuardrailJudge,
  GuardVerdict,
  Policy,
  PolicyEndpoint,
  PolicyService,
  Question,
  Reason,
} from '../../model/index.ts';
import {
  EVERY_METHOD,
  isMoreSpecific,
  isWide,
  matchesExactly,
  matchesLoosely,
  type OperationPattern,
  operationText,
  type PathPattern,
  parseOperation,
  sameShape,
  toOperationPattern,
  toWireMethod,
  toWirePath,
} from '../../operations/index.ts';
import { contains } from '../../operations/paths.ts';

/** What the README of authorisation says, word by word, without an index: what the engine is compared with. */
export function decideByReference(
  policy: Policy,
  judge: GuardrailJudge,
  question: Question,
): Omit<Decision, 'message'> {
  const services = policy.services
    .filter(({ identities }) => identities.includes(question.caller ?? ''))
    .toSorted((a, b) => compareText(a.id, b.id));
  const callee = policy.services.find(({ id }) => id === question.service);
  const mode = callee?.mode ?? 'enforce';
  const isProved = question.caller !== undefined && question.proof !== undefined;
  const callers = isProved ? services.map(({ id }) => id) : [];
  const request = requestOf(question);
  const found = callee && request && find(policy, callee, request);
  const operation = found?.operation;
  const deny = (reason: Reason) =>
    ({ allowed: false, mode, reason, callers, operation, because: [] }) as const;

  if (!isProved) return deny('caller-unproved');
  if (services.length === 0) return deny('caller-unknown');
  if (!callee) return deny('service-unknown');
  if (!request || !found) return deny('operation-malformed');
  const grants = policy.grants.filter(
    ({ from, to }) => to === callee.id && services.some(({ id }) => id === from),
  );
  if (grants.length === 0) return deny('call-undeclared');
  const covering = coveringGrants(grants, found, request);
  if (covering.length === 0) return deny('operation-undeclared');
  if (found.nearest.some(({ endpoint }) => endpoint?.blocked)) return deny('endpoint-blocked');
  const denial = ask(judge, services, callee, found.endpoints, {
    proof: question.proof,
    protocol: question.protocol,
    method: question.method,
    path: request.path,
  });
  if (denial) {
    const others = callers.filter((id) => id !== denial.caller);
    return {
      ...deny(denial.kind === 'failed' ? 'guardrail-failed' : 'guardrail-forbids'),
      callers: [denial.caller, ...others],
      because: [denial.id],
    };
  }
  const places = new Set(covering.map(({ source }) => toPlace(source)));
  return {
    ...deny('declared'),
    allowed: true,
    because: [...places].toSorted(compareText),
  };
}

interface Request {
  readonly protocol: Question['protocol'];
  readonly method: string;
  readonly path: string;
}

function requestOf({ protocol, method, path }: Question): Request | undefined {
  if (protocol !== 'http') return { protocol, method, path };
  const [wireMethod, wirePath] = [toWireMethod(method), toWirePath(path)];
  return typeof wireMethod === 'string' && typeof wirePath === 'string'
    ? { protocol, method: wireMethod, path: wirePath }
    : undefined;
}

/** What is known of a callee: an endpoint, or what a grant speaks of. */
interface Known {
  readonly operation: Exclude<OperationPattern, { kind: 'every' }>;
  readonly endpoint: PolicyEndpoint | undefined;
}

interface Found {
  /** `GET` where a `HEAD` goes by it. */
  readonly method: string;
  readonly nearest: readonly Known[];
  /** Those that guardrails are asked about. */
  readonly endpoints: readonly (PolicyEndpoint | undefined)[];
  readonly operation: string | undefined;
}

function find(policy: Policy, callee: PolicyService, request: Request): Found {
  const known = knownOf(policy, callee);
  const isHead =
    request.method === 'HEAD' &&
    !known.some((one) => methodOf(one) === 'HEAD' && isMatch(one, request));
  const method = isHead && request.protocol === 'http' ? 'GET' : request.method;
  const matching = known.filter((one) => isMatch(one, request) && hasMethod(one.operation, method));
  const nearest = matching.filter(
    ({ operation: a }) =>
      !matching.some(
        ({ operation: b }) =>
          a.kind === 'http' && b.kind === 'http' && isMoreSpecific(b.path, a.path),
      ),
  );
  const groups = groupByShape(nearest);
  const exact = groups.filter((group) => group.some((one) => isExact(one, request)));
  const texts = (exact.length > 0 ? exact : groups).map((group) => textOf(group, method));
  return {
    method,
    nearest,
    endpoints:
      groups.length === 0 ? [undefined] : groups.flatMap((one) => endpointsOf(one, callee, method)),
    operation: texts.toSorted(compareText)[0],
  };
}

function knownOf(policy: Policy, callee: PolicyService): Known[] {
  const endpoints = policy.endpoints
    .filter(({ service }) => service === callee.id)
    .map((endpoint) => ({ operation: toOperationPattern(endpoint), endpoint }));
  const granted = policy.grants
    .filter(({ to }) => to === callee.id)
    .map((grant) => ({ operation: parseOperation(grant.operation), endpoint: undefined }));
  return [...endpoints, ...granted].flatMap(({ operation, endpoint }) => {
    if (!operation || operation.kind === 'every') return [];
    const hasWildcards = operation.kind === 'http' && operation.path.hasWildcards;
    return hasWildcards ? [] : [{ operation, endpoint }];
  });
}

const methodOf = ({ operation }: Known) => operation.method;

function hasMethod(operation: OperationPattern, method: string): boolean {
  if (operation.kind === 'every') return true;
  if (operation.kind === 'named') return operation.method === method;
  return operation.method === EVERY_METHOD || operation.method === method;
}

/** Whether the path or name matches, whatever the method. */
function isMatch({ operation }: Known, { protocol, path }: Request): boolean {
  if (operation.kind === 'named') return operation.protocol === protocol && operation.name === path;
  return protocol === 'http' && matchesLoosely(operation.path, path);
}

const isExact = ({ operation }: Known, { path }: Request): boolean =>
  operation.kind === 'named' || matchesExactly(operation.path, path);

function groupByShape(nearest: readonly Known[]): Known[][] {
  return [
    ...Map.groupBy(nearest, ({ operation }) =>
      operation.kind === 'named' ? operation.name : operation.path.shape,
    ).values(),
  ];
}

function endpointsOf(
  group: readonly Known[],
  callee: PolicyService,
  method: string,
): PolicyEndpoint[] {
  const endpoints = group.flatMap(({ endpoint }) => endpoint ?? []);
  if (endpoints.length > 0) return endpoints;
  const { owner, criticality, sensitivity } = callee;
  const of = { service: callee.id, owner, criticality, sensitivity };
  const is = { deprecated: false, blocked: false };
  const first = group[0]?.operation;
  if (first?.kind === 'named') {
    return [{ ...of, ...is, protocol: first.protocol, method, template: first.name }];
  }
  const http = group.flatMap(({ operation }) => (operation.kind === 'http' ? operation : []));
  const rpcs = http.filter(({ isRpc }) => isRpc);
  const [template = ''] = (rpcs.length > 0 ? rpcs : http)
    .map(({ path }) => path.text)
    .toSorted(compareText);
  if (rpcs.length > 0) return [{ ...of, ...is, protocol: 'grpc', method: 'RPC', template }];
  const spelt = http.some((one) => one.method === method) ? method : 'ANY';
  return [{ ...of, ...is, protocol: 'http', method: spelt, template }];
}

function textOf(group: readonly Known[], method: string): string {
  const endpoints = group.filter(({ endpoint }) => endpoint);
  const all = (endpoints.length > 0 ? endpoints : group).map(({ operation }) => operation);
  const rpcs = all.filter((one) => one.kind === 'http' && one.isRpc);
  const texts = (rpcs.length > 0 ? rpcs : all).map((one) =>
    one.kind === 'named'
      ? `${method} ${one.name}`
      : operationText(method, one.path.text, one.isRpc),
  );
  return texts.toSorted(compareText)[0] ?? '';
}

/** The grants that cover a request; none where it is not covered. */
function coveringGrants(grants: readonly Grant[], found: Found, request: Request): Grant[] {
  const covers = (one: Known) =>
    grants.filter((grant) => coversKnown(parseOperation(grant.operation), one, found.method));
  const { nearest } = found;
  if (nearest.length === 0) {
    return grants.filter((grant) => coversUnknown(parseOperation(grant.operation), found, request));
  }
  const isCovered =
    nearest.every((one) => covers(one).length > 0) && nearest.some((one) => isExact(one, request));
  return isCovered ? nearest.flatMap(covers) : [];
}

function coversKnown(
  operation: OperationPattern | undefined,
  known: Known,
  method: string,
): boolean {
  if (!operation || !hasMethod(operation, method)) return false;
  if (operation.kind === 'every') return true;
  if (known.operation.kind === 'named' || operation.kind === 'named') {
    return (
      known.operation.kind === 'named' &&
      operation.kind === 'named' &&
      operation.protocol === known.operation.protocol &&
      operation.name === known.operation.name
    );
  }
  const path: PathPattern = known.operation.path;
  return isWide(operation) ? contains(operation.path, path) : sameShape(operation.path, path);
}

function coversUnknown(
  operation: OperationPattern | undefined,
  { method }: Found,
  { protocol, path }: Request,
): boolean {
  if (operation?.kind === 'every') return true;
  if (operation?.kind !== 'http' || protocol !== 'http') return false;
  const { path: pattern } = operation;
  return pattern.hasWildcards && hasMethod(operation, method) && matchesExactly(pattern, path);
}

type Denial = Exclude<GuardVerdict, { kind: 'clear' }> & { readonly caller: string };

function ask(
  judge: GuardrailJudge,
  callers: readonly PolicyService[],
  callee: PolicyService,
  endpoints: readonly (PolicyEndpoint | undefined)[],
  context: Omit<GuardContext, 'proof'> & { proof: Question['proof'] },
): Denial | undefined {
  const { proof } = context;
  if (proof === undefined) throw new Error('nobody is asked about callers who proved nothing');
  const denials = callers.flatMap((caller) =>
    endpoints.flatMap((endpoint): Denial[] => {
      const call: GuardedCall = { caller, callee, endpoint };
      const standing = judge.standing(call);
      const verdict =
        standing.kind === 'depends' ? judge.judge(call, { ...context, proof }) : standing;
      return verdict.kind === 'clear' ? [] : [{ ...verdict, caller: caller.id }];
    }),
  );
  const failed = denials.filter(({ kind }) => kind === 'failed');
  return (failed.length > 0 ? failed : denials).toSorted(
    (a, b) => compareText(a.id, b.id) || compareText(a.caller, b.caller),
  )[0];
}
