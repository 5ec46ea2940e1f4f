import type { CredentialObservation } from '../../estate/index.ts';
import type { CredentialProblemId } from '../problems.ts';
import { isTestPath } from './files.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Found } from './found.ts';
import { isWeak } from './strength.ts';

/** What the estate is told of a find: everything but the value, which becomes a fingerprint. */
export function toObservation(file: string, found: Found, key: Uint8Array): CredentialObservation {
  const { line, column, subject } = found;
  const workload = subject?.by === 'name' ? subject.name : undefined;
  const fingerprint = fingerprintOf(key, found.value, {
    name: found.name,
    file,
    ...(workload !== undefined && { workload }),
  });
  return {
    kind: 'credential',
    ...(found.subject && { subject: found.subject }),
    name: found.name,
    credentialKind: found.kind,
    // Readers of the file's own format name the same place.
    keys: [
      `value:${fingerprint}`,
      `at:${file}:${line}:${column}`,
      ...issuedKey(found.value),
      ...(found.keys ?? []),
    ],
    location: { file, line, column, in: found.in },
    fingerprint,
    ...(found.expires !== undefined && { expires: found.expires }),
    problems: problemsOf(file, found),
    source: { reader: 'credentials', how: 'configured', file, line, column },
  };
}

/** An API key that Reeve issued is kept as a hash, and known by the name that its text begins with. */
function issuedKey(value: string): string[] {
  const id = /^rvk_([0-9A-Za-z]{11})_[0-9A-Za-z]{49}$/.exec(value)?.[1];
  return id === undefined ? [] : [`api-key:${id}`];
}

const PROBLEM_OF_PLACE: Readonly<Record<Found['in'], CredentialProblemId>> = {
  secret: 'plain-text',
  configmap: 'in-configmap',
  argument: 'in-argument',
  code: 'in-code',
  env: 'plain-text',
  file: 'plain-text',
};

function problemsOf(file: string, found: Found): readonly CredentialProblemId[] {
  const problems: CredentialProblemId[] = [
    found.isEncoded ? 'base64-only' : PROBLEM_OF_PLACE[found.in],
  ];
  const isChosen =
    !/^(?:key\/|format\/(?:htpasswd|shadow|password-hash|docker-config|kubeconfig))/.test(
      found.rule,
    );
  if (isChosen && isWeak(found.value)) problems.push('weak');
  if (isTestPath(file)) problems.push('test-only');
  return problems;
}
