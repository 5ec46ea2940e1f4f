import type { SyntaxNode } from '../../parse.ts';
import { partsOf } from '../syntax.ts';
import { UNKNOWN, type Value } from '../values.ts';

/** Names that people give to middleware which turns unknown callers away. */
const GUARD =
  /(?:^auth\b|authenticat(?:e|ion)|authori[sz](?:e|ation)|(?:require|ensure|verify|validate|check)_?(?:auth\w*|login|logged_?in|user|role|token|jwt|session)|is_?(?:authenticated|logged_?in|admin)|jwt|passport\.authenticate|auth_?(?:guard|required|middleware))/i;

/** Whether an argument is middleware that demands a credential, judged by its name: an inline
 *  function has none; of a list any may. */
export function isGuard(value: Value, node: SyntaxNode | undefined): boolean {
  if (node === undefined || value.kind === 'text' || value.kind === 'router') return false;
  const kind = node.kind();
  if (kind === 'array') return partsOf(node).some((part) => isGuard(UNKNOWN, part));
  if (kind === 'arrow_function' || kind === 'function_expression') return false;
  if (kind === 'object' || kind === 'string') return false;
  return GUARD.test(node.text().slice(0, 200));
}
