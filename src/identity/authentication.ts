import type {
  Authentication,
  Call,
  CallRecord,
  Permission,
  Posture,
  ServiceRecord,
} from '../estate/index.ts';

/** What is known of one call's caller. */
export interface Verdict {
  readonly authentication: Authentication;
  /** A sentence, with the object and the place that decide. */
  readonly evidence: string;
}

/** Judges how a call proves who is calling: by what a source saw of it, else by what the callee's mesh
 *  lets in. Only an enforcing party counts: a callee that takes plain text too authenticates nobody. */
export function authenticate(call: CallRecord, callee: ServiceRecord): Verdict {
  const seen = call.evidence.find(
    ({ authentication }) => authentication && authentication !== 'unknown',
  );
  if (seen?.authentication) {
    return { authentication: seen.authentication, evidence: seen.evidence };
  }
  if (callee.kind === 'external') {
    return { authentication: 'unknown', evidence: `${callee.name} lies outside the estate` };
  }
  const posture = weakestOf(
    podPortsOf(call, callee).map((port) => postureFor(callee.postures, port)),
  );
  const token = tokenPolicy(callee);
  if (posture) {
    const verdict = byPosture(posture);
    return verdict.authentication === 'mtls' || !token ? verdict : token;
  }
  return token ?? unenforced(callee);
}

/** The ports of the callee's pod at which a call may arrive: where its Service leads the port that is
 *  called, else wherever its Services lead; `undefined` for one that is not known. */
function podPortsOf(call: CallRecord, { ports }: ServiceRecord): (number | undefined)[] {
  const called = new Set(call.evidence.flatMap(({ port }) => port ?? []));
  if (called.size === 0) return ports.length === 0 ? [undefined] : ports.map((one) => one.target);
  return [...called].flatMap((port) => {
    const targets = ports.filter((one) => one.port === port).map((one) => one.target);
    return targets.length > 0 ? targets : [port];
  });
}

/** The posture of the port that is called, else of the ports that have none of their own. Where the
 *  port is not known and ports differ, the weakest counts. */
export function postureFor(
  postures: readonly Posture[],
  port: number | undefined,
): Posture | undefined {
  const onPort = postures.filter((posture) => posture.port !== undefined && posture.port === port);
  const general = postures.filter((posture) => posture.port === undefined);
  const candidates = onPort.length > 0 ? onPort : port === undefined ? postures : general;
  return weakestOf(candidates);
}

function weakestOf(postures: readonly (Posture | undefined)[]): Posture | undefined {
  return postures
    .filter((posture) => posture !== undefined)
    .sort((a, b) => WEAKEST_FIRST[a.inbound] - WEAKEST_FIRST[b.inbound])[0];
}

const WEAKEST_FIRST = { disabled: 0, permissive: 1, unknown: 2, strict: 3 };

function byPosture(posture: Posture): Verdict {
  const why = posture.because;
  switch (posture.inbound) {
    case 'strict':
      return { authentication: 'mtls', evidence: `${why}: only authenticated callers are let in` };
    case 'permissive':
      return {
        authentication: 'none',
        evidence: `${why}: plain text is let in beside mTLS`,
      };
    case 'disabled':
      return { authentication: 'none', evidence: `${why}: plain text` };
    case 'unknown':
      return { authentication: 'unknown', evidence: why };
  }
}

/** A policy that lets in only requests with a validated token. */
function tokenPolicy({ permissions }: ServiceRecord): Verdict | undefined {
  const allowing = permissions.filter(
    ({ effect, layer, from }) => effect === 'allow' && layer === 'request' && from.length > 0,
  );
  const [first] = allowing;
  if (!first || !allowing.every(({ from }) => from.every((one) => one === '*token'))) {
    return undefined;
  }
  return { authentication: 'token', evidence: `${first.policy} demands a validated token` };
}

function unenforced(callee: ServiceRecord): Verdict {
  const isConfigured = callee.sources.some(({ how }) => how === 'configured');
  if (callee.kind === 'datastore') {
    return {
      authentication: 'unknown',
      evidence: `nothing that was read says how ${callee.name} authenticates its callers`,
    };
  }
  const network = callee.permissions.find(({ layer }) => layer === 'network');
  return isConfigured
    ? {
        authentication: 'none',
        evidence: network
          ? `${callee.name} is deployed without a mesh: ${network.policy} limits from where it is called, and nothing proves who calls`
          : `${callee.name} is deployed without a mesh or any other check of its callers`,
      }
    : {
        authentication: 'unknown',
        evidence: `no deployment of ${callee.name} was read, so what it demands is not known`,
      };
}

/** The policies and declarations that admit a call. */
export function admittedBy(
  call: CallRecord,
  caller: ServiceRecord,
  callee: ServiceRecord,
): string[] {
  const isByToken = authenticate(call, callee).authentication === 'token';
  const declared = call.sources.some(({ how }) => how === 'declared')
    ? [`reeve.yaml of ${caller.name}`]
    : [];
  const policies = callee.permissions
    .filter(({ effect }) => effect === 'allow')
    .filter(
      (permission) =>
        admits(permission, caller) || (isByToken && permission.from.includes('*token')),
    )
    .map((permission) => permission.policy);
  return [...new Set([...declared, ...policies])].sort();
}

/** Whether a policy's `from` means the caller. */
export function admits(permission: Permission, caller: ServiceRecord): boolean {
  const names = new Set([
    '*',
    'cluster',
    `${caller.namespace}/${caller.name}`,
    `${caller.namespace}/*`,
    ...(hasIdentity(caller) ? ['*authenticated'] : []),
    ...caller.identities,
  ]);
  return permission.from.some((from) => names.has(from));
}

/** A workload of a mesh, which gives it a certificate. */
function hasIdentity({ postures }: ServiceRecord): boolean {
  return postures.some(({ inbound }) => inbound === 'strict' || inbound === 'permissive');
}

/** Every call with its verdict. Calls of services that no record describes are left out. */
export function judgeCalls(
  calls: readonly CallRecord[],
  services: readonly ServiceRecord[],
): Call[] {
  const byId = new Map(services.map((service) => [service.id, service]));
  return withoutWildcards(calls).flatMap((call) => {
    const caller = byId.get(call.from);
    const callee = byId.get(call.to);
    if (!caller || !callee) return [];
    return [
      {
        id: call.id,
        from: call.from,
        to: call.to,
        operation: call.operation,
        ...authenticate(call, callee),
        allowedBy: admittedBy(call, caller, callee),
        declared: call.sources.some(({ how }) => how === 'declared'),
        observed: call.sources.some(({ how }) => how === 'observed'),
        sources: [...call.sources],
      },
    ];
  });
}

/** A call of which only the target is known says nothing beside calls whose operations are known: it
 *  becomes evidence for them. */
function withoutWildcards(calls: readonly CallRecord[]): CallRecord[] {
  const pairOf = (call: CallRecord) => `${call.from}\n${call.to}`;
  const wildcards = new Map(calls.filter(isWildcard).map((call) => [pairOf(call), call]));
  const named = new Set(calls.filter((call) => !isWildcard(call)).map(pairOf));
  return calls
    .filter((call) => !isWildcard(call) || !named.has(pairOf(call)))
    .map((call) => {
      const wildcard = wildcards.get(pairOf(call));
      if (!wildcard || wildcard === call) return call;
      return {
        ...call,
        evidence: [...call.evidence, ...wildcard.evidence],
        sources: [...wildcard.sources, ...call.sources],
      };
    });
}

function isWildcard(call: CallRecord): boolean {
  return call.operation === '*';
}
