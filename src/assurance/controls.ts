import type { Severity } from '../estate/index.ts';
import { CREDENTIAL_PROBLEMS } from '../secrets/index.ts';

/** A statement that must hold. A finding is one subject failing one control. */
export interface Control {
  /** `domain/what-is-wrong`. */
  readonly id: string;
  /** The statement, as it should be. */
  readonly title: string;
  readonly severity: Severity;
  /** What to do about a subject that fails it. */
  readonly remedy: string;
  /** `Framework: clause`. */
  readonly frameworks: readonly string[];
}

/** Clauses that several controls serve. The titles stand in docs/controls.md. */
const API9 = 'OWASP API 2023: API9';
const API2 = 'OWASP API 2023: API2';
const NHI = (number: number) => `OWASP NHI 2025: NHI${number}`;
const ZT = (tenet: number) => `NIST SP 800-207: tenet ${tenet}`;
const CSF = (id: string) => `NIST CSF 2.0: ${id}`;
const CIS = (id: string) => `CIS Kubernetes 1.12: ${id}`;

const OWN_CONTROLS: readonly Control[] = [
  {
    id: 'inventory/shadow-endpoint',
    title: 'Every active endpoint is declared',
    severity: 'medium',
    remedy: 'add the operation to the specification of its service, or remove it from the code',
    frameworks: [API9, ZT(1), CSF('ID.AM-02')],
  },
  {
    id: 'inventory/zombie-endpoint',
    title: 'No deprecated endpoint is still called',
    severity: 'high',
    remedy: 'move its callers to the successor, then remove the operation',
    frameworks: [API9, CSF('ID.AM-08')],
  },
  {
    id: 'inventory/dormant-endpoint',
    title: 'Every declared endpoint exists',
    severity: 'info',
    remedy: 'implement the operation, or remove it from the specification',
    frameworks: [API9, CSF('ID.AM-02')],
  },
  {
    id: 'inventory/changed-endpoint',
    title: 'Every endpoint is what its specification says, and what it used to be',
    severity: 'medium',
    remedy:
      'bring the specification up to date, or find who made the change and take it back; adopt the endpoint once it is as it should be',
    frameworks: [API9, CSF('ID.RA-07'), CSF('ID.AM-08')],
  },
  {
    id: 'inventory/uncalled-endpoint',
    title: 'Every endpoint is of use to somebody',
    severity: 'info',
    remedy: 'deprecate the operation with a date, then remove it',
    frameworks: [API9, CSF('ID.AM-08')],
  },
  {
    id: 'inventory/production-only-endpoint',
    title: 'Nothing runs in production that was never in staging',
    severity: 'medium',
    remedy: 'find out how it came to production, and bring it there through staging',
    frameworks: [API9, CSF('PR.PS-01'), CSF('ID.RA-07')],
  },
  {
    id: 'inventory/blocked-endpoint-called',
    title: 'No blocked endpoint is called',
    severity: 'high',
    remedy: 'refuse its calls where they arrive, and move or stop its callers',
    frameworks: [API9, ZT(4), CSF('PR.AA-05')],
  },
  {
    id: 'inventory/unauthenticated-sensitive',
    title: 'Every endpoint that handles sensitive data demands a credential',
    severity: 'high',
    remedy: 'demand a credential of every request, and check the past ones for what they took',
    frameworks: [API2, ZT(6), CSF('PR.AA-03')],
  },
  {
    id: 'inventory/unowned-service',
    title: 'Every service has an owner',
    severity: 'medium',
    remedy: 'name the team: `metadata.owner` in reeve.yaml, or a line in CODEOWNERS',
    frameworks: [API9, CSF('ID.AM-02')],
  },
  {
    id: 'identity/call-unauthenticated',
    title: 'Every internal call proves who is calling',
    severity: 'high',
    remedy: 'demand mTLS of the callee (a STRICT policy of its mesh), or let it verify its callers',
    frameworks: [NHI(4), API2, ZT(2), CSF('PR.AA-03')],
  },
  {
    id: 'identity/call-unverified',
    title: 'How each internal call is authenticated is known',
    severity: 'low',
    remedy:
      'add the configuration of the callee to what Reeve reads, or declare how it authenticates',
    frameworks: [NHI(4), ZT(2), CSF('PR.AA-03')],
  },
  {
    id: 'identity/mtls-permissive',
    title: 'No service lets plain text in beside mTLS',
    severity: 'medium',
    remedy: 'set the mode to STRICT once every caller is in the mesh',
    frameworks: [NHI(4), ZT(2), CSF('PR.DS-02')],
  },
  {
    id: 'identity/mtls-disabled',
    title: 'No service switches mTLS off',
    severity: 'high',
    remedy: 'remove the exception, or narrow it to the one port that needs it',
    frameworks: [NHI(4), ZT(2), CSF('PR.DS-02')],
  },
  {
    id: 'identity/default-account',
    title: 'Every workload has an identity of its own',
    severity: 'low',
    remedy: 'give the workload a ServiceAccount of its own and name it in the pod template',
    frameworks: [NHI(9), CIS('5.1.5'), CSF('PR.AA-01')],
  },
  {
    id: 'identity/shared-account',
    title: 'No two services share an identity',
    severity: 'medium',
    remedy: 'give each service a ServiceAccount of its own',
    frameworks: [NHI(9), CSF('PR.AA-01')],
  },
  {
    id: 'authorization/broad-policy',
    title: 'No policy lets everyone in',
    severity: 'high',
    remedy: 'name the callers and the operations that the service really serves',
    frameworks: [NHI(5), ZT(3), CSF('PR.AA-05'), CSF('PR.IR-01')],
  },
  {
    id: 'authorization/undeclared-call',
    title: 'Every call of a service with a declaration is declared',
    severity: 'medium',
    remedy: "add the call to `spec.calls` of the caller's reeve.yaml, or remove it",
    frameworks: [NHI(5), ZT(4), CSF('PR.AA-05')],
  },
  {
    id: 'authorization/no-default-deny',
    title: 'Every workload refuses callers that no policy names',
    severity: 'medium',
    remedy:
      'select the workload by a NetworkPolicy or an AuthorizationPolicy that names its callers',
    frameworks: [NHI(5), ZT(3), CSF('PR.IR-01')],
  },
  {
    id: 'secrets/rbac-reads-secrets',
    title: 'Only what needs Secrets can read them through the API',
    severity: 'high',
    remedy: 'limit the role to the named Secrets (`resourceNames`) and the verb get',
    frameworks: [NHI(5), CIS('5.1.2'), CSF('PR.AA-05')],
  },
  {
    id: 'secrets/rbac-escalation',
    title: 'No workload can give itself more rights',
    severity: 'high',
    remedy: 'remove the verbs and resources that lead to more rights from the role',
    frameworks: [NHI(5), CIS('5.1.3'), CIS('5.1.4'), CIS('5.1.13'), CSF('PR.AA-05')],
  },
  {
    id: 'secrets/etcd-unencrypted',
    title: 'Secrets are encrypted at rest',
    severity: 'high',
    remedy: 'put a KMS or aescbc provider before `identity` in the EncryptionConfiguration',
    frameworks: [NHI(2), CIS('1.2.27'), CIS('1.2.28'), CSF('PR.DS-01')],
  },
  {
    id: 'secrets/etcd-encryption-weak',
    title: 'What encrypts Secrets at rest is sound',
    severity: 'medium',
    remedy: 'put a KMS plugin of version 2, or secretbox, first, and write every Secret anew',
    frameworks: [NHI(2), CIS('1.2.28'), CSF('PR.DS-01')],
  },
];

/** Every control, by id. */
export const CONTROLS: ReadonlyMap<string, Control> = new Map(
  [
    ...OWN_CONTROLS,
    ...Object.entries(CREDENTIAL_PROBLEMS).map(([id, problem]) => ({
      id: `secrets/${id}`,
      title: problem.title,
      severity: problem.severity,
      remedy: problem.remedy,
      frameworks: problem.frameworks,
    })),
  ].map((control) => [control.id, control]),
);
