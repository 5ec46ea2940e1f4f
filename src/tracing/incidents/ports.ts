import type { Finding } from '../../estate/index.ts';
import type { EstateView } from '../ports.ts';
import type { ActionKind, Asking, BlastRadius, Feedback, ReachedCredential } from './model.ts';

/** What incidents need of the other domains. */

/** A credential that a service reads, with what is wrong with it. */
export interface ReadableCredential extends ReachedCredential {
  /** Ids of problems: `rotation-missed`. */
  readonly problems: readonly string[];
  /** `orders/k8s.yaml` and its line; null: it is not known where it lies. */
  readonly file: string | null;
  readonly line: number | null;
}

/** What is wrong with a service, endpoint or call that an incident is about. */
export type KnownFinding = Pick<
  Finding,
  'control' | 'severity' | 'subject' | 'message' | 'remedy' | 'location'
>;

/** A service whose policy is decided and logged, and not enforced. */
export interface PermissiveService {
  readonly service: string;
  /** Where that is declared; null: it is not known. */
  readonly file: string | null;
  readonly line: number | null;
}

/** A user of a target that was made for a service for a while. */
export interface KnownLease {
  readonly id: string;
  readonly service: string;
}

/** What the estate knows. Everything may be asked of services that are unknown: then there is nothing. */
export interface IncidentEstate {
  readonly view: Pick<EstateView, 'service' | 'endpoint' | 'policy'>;
  credentialsOf(services: readonly string[]): Promise<readonly ReadableCredential[]>;
  /** What policy lets these services call, directly or through others. */
  blastRadius(services: readonly string[]): Promise<BlastRadius>;
  /** Open findings about these services, about their endpoints and calls (ids that begin with one), or about credentials
   *  of these ids. */
  findings(subjects: readonly string[]): Promise<readonly KnownFinding[]>;
  /** Services that were seen to call an endpoint, or declare that they do. */
  callersOf(endpoint: string): Promise<readonly string[]>;
  /** Those of these services that let through what nobody declares. */
  permissiveOf(services: readonly string[]): Promise<readonly PermissiveService[]>;
  /** SPIFFE IDs that a service is registered with. */
  identitiesOf(service: string): Promise<readonly string[]>;
  /** Leases that have not ended. */
  leasesOf(services: readonly string[]): Promise<readonly KnownLease[]>;
}

/** How each kind of action does one of its steps, in its own domain, which puts it into the audit log. A step may be done
 *  again after it was done: that is no failure. What has no port is not proposed.
 *  @returns a sentence: what came of it */
export type ActionPorts = {
  readonly [Kind in ActionKind]?: (subject: string, by: Asking) => Promise<string>;
};

/** Who learns of what people say: the detector. */
export interface FeedbackPort {
  learn(feedback: Feedback): void;
  /** It no longer holds. */
  forget(feedback: Feedback): void;
}
