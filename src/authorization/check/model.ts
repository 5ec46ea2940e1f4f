import type { Diagnostic } from '../../base/diagnostic.ts';
import type {
  CallRecord,
  Credential,
  Endpoint,
  Location,
  Network,
  ServiceRecord,
  Severity,
  Waiver,
  WeaknessFact,
} from '../../estate/index.ts';
import type { Policy, PolicyEndpoint, PolicyService } from '../model/index.ts';

/** One state of a repository, as a check sees it: plain data, which can be sent from the process that read it. */
export interface State {
  readonly policy: Policy;
  readonly services: readonly ServiceWords[];
  /** Undefined where it has no Kubernetes objects. */
  readonly network: Network | undefined;
  /** With the places that speak of them. */
  readonly endpoints: readonly Pick<
    Endpoint,
    'service' | 'protocol' | 'method' | 'template' | 'declaredIn' | 'configuredIn' | 'implementedIn'
  >[];
  readonly calls: readonly Pick<CallRecord, 'from' | 'to' | 'operation' | 'sources'>[];
  readonly credentials: readonly Pick<
    Credential,
    'id' | 'name' | 'kind' | 'services' | 'owner' | 'locations' | 'fingerprint'
  >[];
  readonly weaknesses: readonly WeaknessFact[];
  readonly diagnostics: readonly Diagnostic[];
  /** What it accepts of the findings; absent where there can be none, as in a cluster. */
  readonly waivers?: readonly Waiver[];
}

export type ServiceWords = Pick<
  ServiceRecord,
  | 'id'
  | 'name'
  | 'namespace'
  | 'kind'
  | 'permissions'
  | 'postures'
  | 'routes'
  | 'declaresCalls'
  | 'sources'
>;

export const EMPTY_STATE: State = {
  policy: { services: [], endpoints: [], grants: [], guardrails: [] },
  services: [],
  network: undefined,
  endpoints: [],
  calls: [],
  credentials: [],
  weaknesses: [],
  diagnostics: [],
};

/** A line, and which of the two states has it: what is gone has its place in `base`. */
export interface Place extends Location {
  readonly state: 'base' | 'head';
}

/** Where reach comes from: the network (L3, L4), and what speaks of requests and their callers (L7). */
export const LAYERS = ['network', 'mtls', 'requests', 'declared', 'outside', 'credential'] as const;
export type Layer = (typeof LAYERS)[number];

/** What one line changes for one pair. */
interface ChangeBase {
  /** `added`: there was nothing before; `removed`: there is nothing any more. */
  readonly change: 'added' | 'removed' | 'changed';
  readonly layer: Layer;
  /** Who, in words. */
  readonly from: string;
  readonly to: string;
  /** What is newly, and no longer, possible: operations, ports, routes, each in words. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** The line that caused it, where one did. */
  readonly place: Place | undefined;
}

/** An operation of a callee that is known, or all those that a wildcard stands for. */
export interface Operation {
  /** As on the wire: gRPC is `http` and `POST`. */
  readonly protocol: Exclude<Endpoint['protocol'], 'grpc'>;
  /** `*`: every method. */
  readonly method: string;
  readonly path: string;
  /** `POST /charges`, `GET /v1/**` */
  readonly text: string;
  readonly endpoint: PolicyEndpoint | undefined;
}

/** What declarations allow, after guardrails and blocks. */
export interface DeclaredChange extends ChangeBase {
  readonly layer: 'declared';
  readonly caller: PolicyService;
  readonly callee: PolicyService;
  readonly opened: readonly Operation[];
  /** A grant that the other state does not have allows it, rather than something else that changed. */
  readonly byNewGrant: boolean;
}

/** What the network allows. */
export interface NetworkChange extends ChangeBase {
  readonly layer: 'network';
  /** Those who gained or lost it: names of workloads, or ranges of addresses. */
  readonly sources: readonly string[];
  /** Every other workload can, now, and not all of them could. */
  readonly opensToAll: boolean;
  /** Addresses outside are among the sources. */
  readonly fromOutside: boolean;
  /** On every port. */
  readonly anyPort: boolean;
  /** Whom the rule that allows it trusts, where that is more than it names. */
  readonly trust: 'everyone' | 'namespace' | undefined;
}

/** What the policies of a mesh let in. */
export interface RequestChange extends ChangeBase {
  readonly layer: 'requests';
  /** `*`, `*authenticated`, `NAMESPACE/*`, or the id of a service. */
  readonly principal: string;
  /** Id of the service that is let in to. */
  readonly service: string;
  readonly policy: string;
}

/** What gateways let in from outside. */
export interface OutsideChange extends ChangeBase {
  readonly layer: 'outside';
  /** Id of the service. */
  readonly service: string;
  readonly internet: boolean;
  readonly wasOnInternet: boolean;
  /** Operations of the service that lie behind it. */
  readonly operations: readonly string[];
}

/** What a service lets in beside mutual TLS, as its mesh enforces it. */
export interface MtlsChange extends ChangeBase {
  readonly layer: 'mtls';
  readonly after: Inbound;
  readonly worse: boolean;
}
export type Inbound = ServiceRecord['postures'][number]['inbound'] | 'none';

export interface CredentialChange extends ChangeBase {
  readonly layer: 'credential';
  readonly owner: string | null;
}

export type Change =
  | DeclaredChange
  | NetworkChange
  | RequestChange
  | OutsideChange
  | MtlsChange
  | CredentialChange;

/** Operations by caller and callee, as `pairKey` names the two. */
export type DeclaredReach = ReadonlyMap<string, ReachedPair>;

export interface ReachedPair {
  readonly caller: PolicyService;
  readonly callee: PolicyService;
  /** Keyed by their texts, with the lines that allow each. */
  readonly operations: ReadonlyMap<string, Reached>;
}
export interface Reached {
  readonly operation: Operation;
  readonly because: readonly Location[];
}

export interface CheckOptions {
  /** Tags of data that no path may newly lead to. */
  readonly sensitive: readonly string[];
  /** How many more services a service may newly reach, itself and through others. */
  readonly maxBlast: number;
  /** The day in UTC by which waivers are judged: `2027-01-31`. Without it none holds, and none has expired. */
  readonly today?: string;
}
export const DEFAULT_CHECK_OPTIONS: CheckOptions = {
  sensitive: ['pii', 'pci', 'phi'],
  maxBlast: 10,
};

/** A rule that a change breaks, and that was not broken before. */
export interface Violation {
  /** Id of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** Whom it is about, in words. */
  readonly subject: string;
  /** A sentence without a full stop. */
  readonly message: string;
  /** What becomes possible by it, each in words: `POST /charges of payments`. */
  readonly newlyReaches: readonly string[];
  readonly place: Place | undefined;
  /** By what it is accepted; it then rejects nothing. */
  readonly waiver?: Waiver;
}
