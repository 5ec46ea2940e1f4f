import { cedarSchemaText } from '../schema/index.ts';
import { askCedar, type Cedar } from './cedar.ts';
import { type CedarError, offsetOf, type Problem } from './policy.ts';

/** What Cedar's validator says of one policy. */
export interface Validity {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** What the validator says of each text, against the schema of guardrails, strictly. */
export function validatePolicies(texts: readonly string[]): Validity[] {
  if (texts.length === 0) return [];
  const together = validate(texts);
  if (together !== undefined) return together;
  return texts.map((text) => validate([text])?.[0] ?? BEYOND_CEDAR);
}

const BEYOND_CEDAR: Validity = {
  errors: [
    {
      code: 'guardrail/too-deep',
      message: 'It has more operators in one expression than Cedar can check',
      hint: 'split it into several guardrails',
      offset: 0,
    },
  ],
  warnings: [],
};

/** Undefined where Cedar breaks down. */
function validate(texts: readonly string[]): Validity[] | undefined {
  const staticPolicies = Object.fromEntries(texts.map((text, index) => [`${index}`, text]));
  const answer = askCedar((cedar: Cedar) =>
    cedar.validate({ schema: cedarSchemaText(), policies: { staticPolicies } }),
  );
  if (answer?.type !== 'success') return undefined;
  const { validationErrors, validationWarnings } = answer;
  const of = (index: number, all: typeof validationErrors) =>
    all.filter(({ policyId }) => policyId === `${index}`).map(({ error }) => error);
  return texts.map((text, index) => {
    const errors = of(index, validationErrors).map((error) => toProblem(text, error, INVALID));
    const warnings = of(index, validationWarnings).map((error) => toWarning(text, error));
    return { errors, warnings: errors.length > 0 ? [] : distinct(warnings) };
  });
}

const INVALID = 'guardrail/invalid';
const NEVER = 'guardrail/never-matches';

function toWarning(text: string, error: CedarError): Problem {
  const isImpossible = /impossible|applicable action/.test(error.message);
  if (!isImpossible) return toProblem(text, error, 'guardrail/suspicious');
  return {
    code: NEVER,
    message: 'This guardrail can never forbid anything: it is false for every request',
    hint: 'a service calls (`principal`), and an endpoint is called (`resource`)',
    offset: offsetOf(text, error),
  };
}

/** Cedar says of one thing that no action applies and that the policy is impossible. */
function distinct(problems: readonly Problem[]): Problem[] {
  return problems.filter(
    ({ code, offset }, index) =>
      problems.findIndex((one) => one.code === code && one.offset === offset) === index,
  );
}

function toProblem(text: string, error: CedarError, code: string): Problem {
  const hint = error.help === null ? undefined : withoutPolicy(error.help);
  return {
    code,
    message: sentence(withoutPolicy(error.message)),
    ...(hint !== undefined && { hint }),
    offset: offsetOf(text, error),
  };
}

/** Cedar names the policy, which the place in the file does better. */
function withoutPolicy(text: string): string {
  return text.replace(/^for policy `\d+`, /, '');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
