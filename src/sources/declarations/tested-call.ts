import { type PolicyCase, toOperation } from '../../estate/index.ts';

const CALL = /^(\S+) -> (\S+) (\S.*)$/;

/** Reads `web -> orders POST /orders`; undefined for any other text. */
export function toTestedCall(
  text: string,
): Pick<PolicyCase, 'from' | 'to' | 'operation'> | undefined {
  const [, from, to, operation] = CALL.exec(text.trim()) ?? [];
  if (from === undefined || to === undefined || operation === undefined) return undefined;
  return isOperation(operation) ? { from, to, operation } : undefined;
}

/** Tests send what no declaration would name (methods in odd case, paths that evade), so any method and path will do. */
function isOperation(text: string): boolean {
  return toOperation(text) !== undefined || /^\S+ \/\S*$/.test(text);
}
