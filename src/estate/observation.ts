import type { CredentialAssignment, EndpointDecision } from './decision.ts';
import type {
  Authentication,
  CredentialLocation,
  Criticality,
  Permission,
  Posture,
  Protocol,
  Route,
  ServicePort,
  Source,
  Tag,
} from './model.ts';

/** What sources say. An observation names its subject as the source knows it (a name, a place in the
 *  repository, an interface, an address); attribution finds the service that is meant. Observations
 *  are plain data: they can be folded in any order, and twice. */

/** How a source names a service. */
export type Subject =
  /** As a manifest, a trace or a declaration names it. An absent namespace is not known, rather than
   *  `default`. */
  | {
      readonly by: 'name';
      readonly name: string;
      readonly namespace?: string;
      readonly environment?: string;
    }
  /** The service whose folder holds this file. */
  | { readonly by: 'place'; readonly file: string }
  /** Whatever service implements this interface (`hipstershop.CartService`); `file` says where it
   *  is defined, for when nobody does. */
  | { readonly by: 'interface'; readonly interface: string; readonly file: string }
  /** Whatever has this SPIFFE ID. */
  | { readonly by: 'identity'; readonly identity: string }
  /** Whatever answers at this host, as seen from a workload of `namespace`. `known` subjects are
   *  only kept where the host is one of the estate's; others become external services. */
  | {
      readonly by: 'address';
      readonly host: string;
      readonly port?: number;
      readonly namespace?: string;
      readonly known?: boolean;
    };

/** Who says an owner, from the strongest: a person, a declaration, a catalogue, CODEOWNERS, a label. */
export const OWNER_RANKS = ['person', 'declaration', 'catalogue', 'codeowners', 'label'] as const;
export type OwnerRank = (typeof OWNER_RANKS)[number];

export interface OwnerClaim {
  readonly owner: string;
  readonly rank: OwnerRank;
}

interface Said {
  readonly source: Source;
  /** When it was seen, RFC 3339; absent for what stands in files. */
  readonly time?: string;
}

/** What a process must be to be a service's own, as selectors of SPIFFE (`unix:user:orders`), and the foreign trust
 *  domains that the service talks with. */
export interface RunsAs {
  /** All of them; empty: nothing is said of it. */
  readonly selectors: readonly string[];
  readonly federatesWith: readonly string[];
}

/** A secret that a declaration lists. */
export interface DeclaredSecret {
  readonly name: string;
  /** Whose it is, as the declaration names it: `payments`, `shop/payments`. Absent: the service's own. */
  readonly service?: string;
}

export interface ServiceObservation extends Said {
  readonly kind: 'service';
  readonly subject: Subject;
  readonly serviceKind?: 'workload' | 'datastore' | 'external';
  /** Other names it answers to: Kubernetes Service names, Compose aliases, hosts. */
  readonly aliases?: readonly string[];
  /** Container images, without tag. */
  readonly images?: readonly string[];
  readonly owner?: OwnerClaim;
  readonly criticality?: Criticality;
  readonly sensitivity?: readonly Tag[];
  readonly identity?: string;
  /** How its processes are recognised where no account of a cluster names them. */
  readonly runsAs?: RunsAs;
  /** Secrets that its declaration lists. */
  readonly declaredSecrets?: readonly DeclaredSecret[];
  readonly posture?: Posture;
  readonly permission?: Permission;
  readonly route?: Route;
  readonly ports?: readonly ServicePort[];
  /** The service declares its calls: one that it does not declare is a finding. */
  readonly declaresCalls?: boolean;
  /** What becomes of calls to it that nobody declares: refused, or let through and logged. */
  readonly authorizationMode?: 'enforce' | 'shadow';
  readonly retired?: boolean;
}

/** A folder that is built into something: it has a Dockerfile, a package.json, a go.mod … */
export interface ComponentObservation extends Said {
  readonly kind: 'component';
  /** `''` for the root. */
  readonly folder: string;
  /** Names that the folder goes by, best first: the declared package name, the folder's own. */
  readonly names: readonly string[];
  readonly images?: readonly string[];
  /** The service that it is, where a file says so (Compose `build`, reeve.yaml, catalogue). */
  readonly service?: { readonly name: string; readonly namespace?: string };
  /** It can run by itself (has a Dockerfile, a main, a start script), so it is a service even where
   *  no manifest deploys it. */
  readonly runnable: boolean;
  /** Holds for every endpoint that files of the folder declare. */
  readonly sensitivity?: readonly Tag[];
}

/** One line of a CODEOWNERS file; of the matching lines the last counts. */
export interface OwnershipObservation extends Said {
  readonly kind: 'ownership';
  /** gitignore-like pattern. */
  readonly pattern: string;
  /** Empty: nobody. */
  readonly owners: readonly string[];
  /** Place of the line among all lines of its file. */
  readonly order: number;
}

export interface EndpointObservation extends Said {
  readonly kind: 'endpoint';
  readonly subject: Subject;
  readonly protocol: Protocol;
  readonly method: string;
  /** Parameters as `{name}`. */
  readonly template: string;
  readonly deprecated?: boolean;
  readonly sensitivity?: readonly Tag[];
  readonly criticality?: Criticality;
  readonly owner?: OwnerClaim;
  /** Names of parameters and fields, for classification; at most a few hundred. */
  readonly fields?: readonly string[];
  /** The operation itself demands a credential (security scheme, guard), or says that it does not. */
  readonly security?: 'required' | 'none';
  /** A probe or metrics endpoint: something that only the platform calls. */
  readonly operational?: boolean;
  /** Too little was seen of it to call it an endpoint (`unstable`), or only that nothing answers there
   *  (`probe`). Absent: it is one. */
  readonly doubt?: 'unstable' | 'probe';
  /** Names of query, header and path parameters that a specification declares. */
  readonly parameters?: readonly string[];
  /** Status codes that a specification declares: `200`, `4XX`, `default`. */
  readonly responses?: readonly string[];
  /** What a person has decided, see `Decision`. */
  readonly decision?: EndpointDecision;
  /** The title of the specification that declares it, for one that lies in no service's folder. */
  readonly title?: string;
}

/** A service implements every operation of an interface that is declared elsewhere. */
export interface ImplementationObservation extends Said {
  readonly kind: 'implementation';
  readonly subject: Subject;
  /** `hipstershop.CartService`, or its last part where the code names no package. */
  readonly interface: string;
}

export interface CallObservation extends Said {
  readonly kind: 'call';
  readonly from: Subject;
  readonly to: Subject;
  /** `METHOD /template`, `package.Service/Method`, or absent where only the target is known. */
  readonly operation?: string;
  /** Set only where the source itself proves it. */
  readonly authentication?: Authentication;
  /** A few words: `environment variable PAYMENTS_URL`. */
  readonly evidence: string;
  readonly port?: number;
  /** The variable that holds the address, where the caller is handed a whole bundle of them. Code that
   *  names some variables of a bundle does not read the others. */
  readonly variable?: { readonly name: string; readonly bundle: string };
}

/** A source file names environment variables that hold addresses. */
export interface VariableUseObservation extends Said {
  readonly kind: 'variable-use';
  readonly subject: Subject;
  readonly names: readonly string[];
}

/** What a source finds wrong with a credential, and what shows it. */
export interface CredentialConcern {
  /** An id of `CREDENTIAL_PROBLEMS`. */
  readonly problem: string;
  /** Goes on from the problem's own sentence: `it may do everything (SUPERUSER)`. */
  readonly because?: string;
  /** Since when, RFC 3339: its age is told when it is judged. */
  readonly since?: string;
}

export interface CredentialObservation extends Said {
  readonly kind: 'credential';
  /** Who uses it; absent where that cannot be told. */
  readonly subject?: Subject;
  readonly name: string;
  readonly credentialKind: string;
  /** What makes two observations the same credential, any one suffices: `value:FINGERPRINT`,
   *  `api-key:ID` of a key that Reeve issued, `kept:ID` of a secret that
   *  it keeps, `kv:ORIGIN/MOUNT/PATH` of one in a store, `secret:NAMESPACE/NAME#KEY`, `declared:SERVICE/NAME`. */
  readonly keys: readonly string[];
  readonly location?: CredentialLocation;
  readonly fingerprint?: string;
  readonly owner?: OwnerClaim;
  readonly rotation?: string;
  readonly created?: string;
  readonly lastRotated?: string;
  readonly expires?: string;
  readonly lastUsed?: string;
  /** Since when its uses would be seen: none since then says that there was none. Absent: they are not seen. */
  readonly usesSeenSince?: string;
  /** The id of the service that it was made for, where others may use it too. */
  readonly belongsTo?: string;
  /** The id of the secret that Reeve keeps: `production/shop/orders/orders-db`. */
  readonly secret?: string;
  /** Secrets of Kubernetes that are filled from what is kept, and so are no copies: `shop/orders-db`. */
  readonly delivered?: readonly string[];
  /** Fingerprints of its values, and keys of API keys (`api-key:ID`), that opened something once and are refused now. */
  readonly refused?: readonly string[];
  /** Since when it is no credential any more, RFC 3339: what is said of it counts only where its value still lies. */
  readonly revoked?: string;
  /** Who answers, as a person has said. `keys` are then the names that it had (`namesOfCredential`). */
  readonly decision?: CredentialAssignment;
  /** Ids of `CREDENTIAL_PROBLEMS`. */
  readonly problems?: readonly string[];
  readonly concerns?: readonly CredentialConcern[];
}

/** Something a source finds wrong with its own subject, named by the control that it fails. */
export interface WeaknessObservation extends Said {
  readonly kind: 'weakness';
  readonly control: string;
  /** Absent: the environment as a whole. */
  readonly subject?: Subject;
  /** What the control is failed by: `ClusterRole reader`. */
  readonly object: string;
  readonly message: string;
}

export type Observation =
  | ServiceObservation
  | ComponentObservation
  | OwnershipObservation
  | EndpointObservation
  | ImplementationObservation
  | CallObservation
  | VariableUseObservation
  | CredentialObservation
  | WeaknessObservation;
