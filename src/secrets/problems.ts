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
    remedy:
      'declare it under `credentials` in the reeve.yaml of the service that uses it, or assign it: `reeve credentials assign`',
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
  'long-lived': {
    title: 'No credential lives for longer than 90 days',
    sentence: 'has been the same for too long',
    severity: 'medium',
    remedy: 'rotate it now, and have it rotated on a schedule from now on',
    frameworks: [NHI(7), 'NIST SP 800-53 r5: IA-5'],
  },
  'never-used': {
    title: 'Every credential is of use to somebody',
    sentence: 'has never been used',
    severity: 'low',
    remedy: 'ask its owner what it is for, and revoke it where that is nothing',
    frameworks: [NHI(1), 'NIST SP 800-53 r5: AC-2(3)'],
  },
  'no-longer-used': {
    title: 'No credential outlives its use',
    sentence: 'is no longer used',
    severity: 'low',
    remedy: 'ask its owner what it is for, and revoke it where that is nothing',
    frameworks: [NHI(1), 'NIST SP 800-53 r5: AC-2(3)'],
  },
  'over-privileged': {
    title: 'No credential may do more than its service needs',
    sentence: 'may do more than one service needs',
    severity: 'high',
    remedy: 'take these rights from its account, and grant what the service uses by name',
    frameworks: [NHI(5), 'NIST CSF 2.0: PR.AA-05', 'NIST SP 800-53 r5: AC-6'],
  },
  'of-retired-service': {
    title: 'No credential outlives its service',
    sentence: 'belongs to a service that is retired',
    severity: 'high',
    remedy: 'revoke it at its target, and remove it',
    frameworks: [NHI(1), 'NIST CSF 2.0: PR.AA-01'],
  },
  'rotation-missed': {
    title: 'Every credential is rotated when it is due',
    sentence: 'was not rotated when it was due',
    severity: 'high',
    remedy: 'see why its rotation does not come to an end, and begin it again',
    frameworks: [NHI(7), 'NIST SP 800-53 r5: IA-5'],
  },
  'rotation-waits': {
    title: 'No rotation waits for a person',
    sentence: 'is not rotated until a person looks after it',
    severity: 'high',
    remedy: 'put right what its target refuses, and let the rotation go on',
    frameworks: [NHI(7), 'NIST SP 800-53 r5: IA-5'],
  },
  'rotation-stuck': {
    title: 'Every rotation comes to its end',
    sentence: 'has been in the middle of its rotation for too long',
    severity: 'medium',
    remedy: 'see what its target answers, and cancel the rotation where it cannot end',
    frameworks: [NHI(7), 'NIST SP 800-53 r5: IA-5'],
  },
  'rotation-differs': {
    title: 'Every credential is rotated as it is declared',
    sentence: 'is not rotated as it is declared',
    severity: 'medium',
    remedy: 'give it a plan of the declared interval, or declare the interval that it has',
    frameworks: [NHI(7), 'NIST SP 800-53 r5: IA-5'],
  },
  leaked: {
    title: 'No value that has leaked is in use',
    sentence: 'is known to others, and is still in use',
    severity: 'critical',
    remedy: 'have it rotated, and its value revoked',
    frameworks: [NHI(2), 'NIST SP 800-53 r5: IA-5'],
  },
  unrevoked: {
    title: 'What was to be revoked is refused by its target',
    sentence: 'has a value that was to be revoked, and may still work',
    severity: 'high',
    remedy: 'take the value away at its target by hand, or let Reeve try again',
    frameworks: [NHI(1), NHI(7), 'NIST SP 800-53 r5: IA-5'],
  },
  copied: {
    title: 'Every credential is kept in one place',
    sentence: 'is kept in several places, which have to be rotated and revoked together',
    severity: 'medium',
    remedy:
      'keep one of them, and let the others be filled from it, or give each a value of its own',
    frameworks: [NHI(9), NHI(2)],
  },
  'edited-by-hand': {
    title: 'Nobody edits what is delivered',
    sentence: 'was edited by hand where it had been delivered to',
    severity: 'high',
    remedy: 'find out who changed it and why; its next delivery puts the kept value back',
    frameworks: ['NIST CSF 2.0: PR.PS-01', 'NIST SP 800-53 r5: CM-3'],
  },
  'changed-at-target': {
    title: 'Every target takes the value that is kept for it',
    sentence: 'is refused by its target, which somebody else has changed',
    severity: 'high',
    remedy: 'find out who changed it, and rotate it so that its services work again',
    frameworks: ['NIST CSF 2.0: PR.PS-01', 'NIST SP 800-53 r5: CM-3'],
  },
  'privileges-grown': {
    title: 'No credential gains rights unseen',
    sentence: 'may do more than after its last rotation',
    severity: 'high',
    remedy: 'find out who granted it, and take back what nobody answers for',
    frameworks: [NHI(5), 'NIST CSF 2.0: PR.AA-05', 'NIST SP 800-53 r5: AC-6'],
  },
  'old-value': {
    title: 'No value lies about, not even a refused one',
    sentence: 'lies about with a value that its target refuses by now',
    severity: 'info',
    remedy: 'remove the value from this place, so that nobody takes it for one that works',
    frameworks: [NHI(2)],
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
