import type { Severity } from '../estate/index.ts';

/** What can be wrong with a credential. `sentence` continues "password `DB_PASSWORD` of orders …". */
export interface CredentialProblem {
  /** The statement that should hold. */
  readonly title: string;
  readonly sentence: string;
  readonly severity: Severity;
  readonly remedy: string;
  readonly frameworks: readonly string[];
}

const NHI = (number: number) => `OWASP NHI 2025: NHI${number}`;
const STORE_IT =
  'rotate it, keep the new value in a secret store, and put a reference to it in this place';

/** Every problem, by its id; the control that it fails is `secrets/ID`. */
export const CREDENTIAL_PROBLEMS = {
  'plain-text': {
    title: 'No credential lies in a file in plain text',
    sentence: 'lies in plain text',
    severity: 'high',
    remedy: STORE_IT,
    frameworks: [NHI(2), 'NIST CSF 2.0: PR.AA-01', 'NIST SP 800-53 r5: IA-5'],
  },
  'in-code': {
    title: 'No credential lies in source code',
    sentence: 'lies in source code',
    severity: 'high',
    remedy: STORE_IT,
    frameworks: [NHI(2), 'NIST SP 800-53 r5: IA-5(7)'],
  },
  'in-configmap': {
    title: 'No credential lies in a ConfigMap',
    sentence: 'lies in a ConfigMap, which everyone in the namespace may read',
    severity: 'high',
    remedy: 'rotate it, and move it to a Secret that a secret store fills',
    frameworks: [NHI(2), 'CIS Kubernetes 1.12: 5.4.1'],
  },
  'in-argument': {
    title: 'No credential is passed on a command line',
    sentence: 'is passed on a command line, which every process on the host can see',
    severity: 'high',
    remedy: 'rotate it, and pass it in a file that only the process can read',
    frameworks: [NHI(2)],
  },
  'base64-only': {
    title: 'No committed Secret is only base64',
    sentence: 'lies in a Secret manifest, which is only base64',
    severity: 'high',
    remedy:
      'rotate it, and commit an ExternalSecret, a SealedSecret or a sops file in place of the value',
    frameworks: [NHI(2), 'CIS Kubernetes 1.12: 5.4.2', 'NIST CSF 2.0: PR.DS-01'],
  },
  weak: {
    title: 'No credential is guessable',
    sentence: 'has a value that is easily guessed',
    severity: 'high',
    remedy: 'replace it by a random value of at least 128 bits',
    frameworks: [NHI(4)],
  },
  'shared-by-services': {
    title: 'No two services share a credential',
    sentence:
      'is shared by several services, so neither its use nor its rotation can be told apart',
    severity: 'medium',
    remedy: 'give each service a credential of its own',
    frameworks: [NHI(9)],
  },
  'shared-by-environments': {
    title: 'No two environments share a credential',
    sentence: 'is used in several environments',
    severity: 'high',
    remedy: 'give each environment a credential of its own',
    frameworks: [NHI(8)],
  },
  unowned: {
    title: 'Every credential has an owner',
    sentence: 'has no owner',
    severity: 'medium',
    remedy: 'declare it under `credentials` in the reeve.yaml of the service that uses it',
    frameworks: [NHI(1), 'NIST CSF 2.0: PR.AA-01'],
  },
  'no-rotation': {
    title: 'Every credential has a rotation path',
    sentence: 'has no rotation path',
    severity: 'medium',
    remedy:
      'declare its rotation in reeve.yaml (`rotation: { every: 24h }`), or issue it from a store that rotates it',
    frameworks: [NHI(7), 'NIST SP 800-53 r5: IA-5'],
  },
  expired: {
    title: 'No credential has expired',
    sentence: 'has expired',
    severity: 'high',
    remedy: 'renew it, and let its issuer renew it before the end from now on',
    frameworks: [NHI(7)],
  },
  'expires-soon': {
    title: 'Every credential is renewed in time',
    sentence: 'expires within 30 days and has no rotation path',
    severity: 'medium',
    remedy: 'renew it, and let its issuer renew it before the end from now on',
    frameworks: [NHI(7)],
  },
  'test-only': {
    title: 'Tests make their own credentials',
    sentence: 'lies in a test, an example or documentation only',
    severity: 'info',
    remedy: 'make sure that it opens nothing, or generate it when the test runs',
    frameworks: [NHI(2)],
  },
} as const satisfies Record<string, CredentialProblem>;

export type CredentialProblemId = keyof typeof CREDENTIAL_PROBLEMS;
