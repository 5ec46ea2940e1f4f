import { quote } from '../../../base/fault.ts';
import type { CedarPolicy } from '../../model/index.ts';
import { compilePolicy, UnusablePolicy } from '../evaluator/index.ts';
import { askCedar } from './cedar.ts';
import { toOffset } from './offsets.ts';
import { findRefused } from './refused.ts';
import type { PolicyText } from './split.ts';
import { tokensOf } from './tokens.ts';

/** What is wrong with one policy, and where in its text. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** In UTF-16 code units, from the beginning of the policy. */
  readonly offset: number;
}

export type ParsedPolicy = { readonly json: CedarPolicy } | { readonly problem: Problem };

const MAX_POLICY_CHARACTERS = 16_384;
const MAX_POLICY_DEPTH = 32;

/** One policy as Cedar reads it, unless guardrails cannot be such. */
export function parsePolicy(policy: PolicyText): ParsedPolicy {
  const { text, depth } = policy;
  if (text.length > MAX_POLICY_CHARACTERS) {
    return wrong(
      'guardrail/too-large',
      `A guardrail of more than ${MAX_POLICY_CHARACTERS} characters`,
    );
  }
  if (depth > MAX_POLICY_DEPTH) {
    return wrong('guardrail/too-deep', `Brackets are nested more than ${MAX_POLICY_DEPTH} deep`);
  }
  const answer = askCedar((cedar) => cedar.policyToJson(text));
  if (answer === undefined) {
    return wrong(
      'guardrail/too-deep',
      'It has more operators in one expression than Cedar can read',
    );
  }
  if (answer.type === 'failure') return { problem: syntaxProblem(text, answer.errors[0]) };
  const problem = problemOf(text, answer.json);
  return problem === undefined ? { json: answer.json as unknown as CedarPolicy } : { problem };
}

function wrong(code: string, message: string): ParsedPolicy {
  return { problem: { code, message, hint: 'split it into several guardrails', offset: 0 } };
}

/** What Cedar says of a place in a text. */
export interface CedarError {
  readonly message: string;
  readonly help: string | null;
  readonly sourceLocations?: readonly { readonly start: number; readonly label: string | null }[];
}

function syntaxProblem(text: string, error: CedarError | undefined): Problem {
  const isTemplate = askCedar((cedar) => cedar.templateToJson(text))?.type === 'success';
  const offset = offsetOf(text, error);
  if (isTemplate) {
    const message = 'This is a template: its slots are filled by nobody';
    return { code: 'guardrail/template', message, hint: 'name what you mean', offset };
  }
  const said = (error?.message ?? 'it is no policy').replace(/^failed to parse [^:]*: /, '');
  const expected = error?.sourceLocations?.[0]?.label;
  const hint = error?.help ?? expected ?? undefined;
  return {
    code: 'guardrail/malformed',
    message: `Cedar cannot read this guardrail: ${said}`,
    ...(hint !== undefined && { hint }),
    offset,
  };
}

export function offsetOf(text: string, error: CedarError | undefined): number {
  return toOffset(text, error?.sourceLocations?.[0]?.start ?? 0);
}

interface PolicyJson {
  readonly effect: string;
  readonly conditions: readonly { readonly body: unknown }[];
}

function problemOf(text: string, json: PolicyJson): Problem | undefined {
  if (json.effect !== 'forbid') {
    return {
      code: 'guardrail/permits',
      message:
        'A guardrail only forbids; what is allowed is what callers declare in their reeve.yaml',
      hint: 'write `forbid`, and say with `unless` who is meant to be let through',
      offset: placeOf(text, json.effect),
    };
  }
  for (const { body } of json.conditions) {
    const refused = findRefused(body);
    if (refused !== undefined) {
      const { token, ...said } = refused;
      return { ...said, offset: placeOf(text, token) };
    }
  }
  return unusable(json);
}

function unusable(json: PolicyJson): Problem | undefined {
  try {
    compilePolicy(json);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof UnusablePolicy)) throw thrown;
    const message = `This guardrail cannot be used: ${thrown.message}`;
    return { code: 'guardrail/unusable', message, offset: 0 };
  }
}

/** Where a token stands first; a number that is too large, where the token is empty. */
function placeOf(text: string, wanted: string): number {
  for (const token of tokensOf(text)) {
    const isTooLarge = token.kind === 'number' && !Number.isSafeInteger(Number(token.text));
    if (wanted === '' ? isTooLarge : token.text === wanted) return token.start;
  }
  return 0;
}

/** Annotations by their names. */
export function annotationsOf(json: CedarPolicy): Readonly<Record<string, string>> {
  const { annotations } = json as { annotations?: Readonly<Record<string, string>> };
  return annotations ?? {};
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Why a text is no `@id`; undefined where it is one. */
export function problemOfId(id: string): string | undefined {
  if (ID.test(id)) return undefined;
  return `${quote(id)} is no id of a guardrail: letters, digits, ".", "_" and "-", at most 128`;
}
