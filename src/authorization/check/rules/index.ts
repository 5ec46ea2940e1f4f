import type { Rule } from '../comparison.ts';
import { BLAST_RADIUS } from './blast-radius.ts';
import { CREDENTIAL_UNOWNED } from './credential.ts';
import { GROUP_TRUST } from './group-trust.ts';
import { GUARDRAIL_FORBIDS, GUARDRAIL_REMOVED, GUARDRAIL_UNUSABLE } from './guardrails.ts';
import { MTLS_DISABLED, MTLS_PERMISSIVE } from './mtls.ts';
import { NEW_REACH } from './new-reach.ts';
import { INTERNET_EXPOSURE } from './outside.ts';
import { ANY_TO_ANY, WHOLE_NAMESPACE, WILDCARD_PRINCIPAL } from './principals.ts';
import { SENSITIVE_PATH } from './sensitive-path.ts';
import { ENFORCEMENT_OFF } from './services.ts';
import { UNDECLARED_CALL } from './undeclared-call.ts';
import { UNREADABLE } from './unreadable.ts';
import { WAIVER_EXPIRED } from './waiver.ts';
import { WILDCARD_PATH } from './wildcard-path.ts';

/** Everything that a change is judged by. */
export const RULES: readonly Rule[] = [
  GUARDRAIL_UNUSABLE,
  UNREADABLE,
  ANY_TO_ANY,
  SENSITIVE_PATH,
  INTERNET_EXPOSURE,
  WILDCARD_PRINCIPAL,
  WHOLE_NAMESPACE,
  WILDCARD_PATH,
  GUARDRAIL_FORBIDS,
  GUARDRAIL_REMOVED,
  ENFORCEMENT_OFF,
  MTLS_DISABLED,
  MTLS_PERMISSIVE,
  BLAST_RADIUS,
  UNDECLARED_CALL,
  CREDENTIAL_UNOWNED,
  GROUP_TRUST,
  WAIVER_EXPIRED,
  NEW_REACH,
];
