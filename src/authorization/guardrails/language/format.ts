import { Fault } from '../../../base/fault.ts';
import { LineMap } from '../../../base/text.ts';
import { askCedar } from './cedar.ts';
import { parsePolicy } from './policy.ts';
import { splitPolicies } from './split.ts';

const LINE_WIDTH = 80;
const INDENT_WIDTH = 2;

/** A file of guardrails as Cedar lays it out; comments stay. What is laid out already does not change.
 *  @throws {Fault} `guardrail/…` with line and column, where one of its policies cannot be read */
export function formatGuardrails(text: string, file?: string): string {
  const plain = text.replace(/^\uFEFF/, '').toWellFormed();
  const policies = splitPolicies(plain);
  if (policies.length === 0) return plain;
  for (const policy of policies) {
    const parsed = parsePolicy(policy);
    if (!('problem' in parsed)) continue;
    const { code, message, hint, offset } = parsed.problem;
    throw new Fault(code, message, {
      ...(hint !== undefined && { hint }),
      ...(file !== undefined && { file }),
      ...new LineMap(plain).position(policy.offset + offset),
    });
  }
  const answer = askCedar((cedar) =>
    cedar.formatPolicies({ policyText: plain, lineWidth: LINE_WIDTH, indentWidth: INDENT_WIDTH }),
  );
  if (answer?.type === 'success') return answer.formatted_policy;
  throw new Fault('guardrail/unformatted-invalid', 'Cedar cannot lay this file out', {
    hint: 'split it into smaller files',
    ...(file !== undefined && { file }),
  });
}
