import { quote } from '../../../base/fault.ts';
import { ENTITY_TYPES } from '../names.ts';

/** Something that Cedar knows and guardrails do without. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** As the text has it, so that its place can be told. */
  readonly token: string;
}

type Parts = Readonly<Record<string, unknown>>;

/** Where a service or endpoint that is named is only compared. */
type Place = 'compared' | 'used';

/** Operators by the places of their operands. */
const OPERATORS: Readonly<Record<string, Readonly<Record<string, Place>>>> = {
  '!': { arg: 'used' },
  neg: { arg: 'used' },
  isEmpty: { arg: 'used' },
  '==': { left: 'compared', right: 'compared' },
  '!=': { left: 'compared', right: 'compared' },
  in: { left: 'used', right: 'compared' },
  is: { left: 'used', in: 'compared' },
  contains: { left: 'compared', right: 'compared' },
  containsAll: { left: 'compared', right: 'compared' },
  containsAny: { left: 'compared', right: 'compared' },
  '<': { left: 'used', right: 'used' },
  '<=': { left: 'used', right: 'used' },
  '>': { left: 'used', right: 'used' },
  '>=': { left: 'used', right: 'used' },
  '&&': { left: 'used', right: 'used' },
  '||': { left: 'used', right: 'used' },
  '+': { left: 'used', right: 'used' },
  '-': { left: 'used', right: 'used' },
  '*': { left: 'used', right: 'used' },
  '.': { left: 'used' },
  has: { left: 'used' },
  like: { left: 'used' },
};

/** The first thing in an expression, in Cedar's JSON format, that guardrails do without. Recursion is as deep as the
 *  brackets and operators of a text that Cedar has read. */
export function findRefused(node: unknown, place: Place = 'used'): Refusal | undefined {
  const [name = '', body] = Object.entries(node as Parts)[0] ?? [];
  if (name === 'Value') return refusedValue(body, place);
  if (name === 'Var') return body === 'context' ? WHOLE_CONTEXT : undefined;
  if (name === 'Set') return first(body as unknown[], place);
  if (name === 'Record') return first(Object.values(body as Parts), 'used');
  const parts = body as Parts;
  if (name === 'if-then-else') {
    return findRefused(parts.if) ?? first([parts.then, parts.else], place);
  }
  const operands = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operands === undefined) return refusedFunction(name);
  if ((name === '.' || name === 'has') && isContext(parts.left)) return undefined;
  for (const [operand, where] of Object.entries(operands)) {
    const found = Object.hasOwn(parts, operand) ? findRefused(parts[operand], where) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** It may come to have more one day, or elsewhere. */
const WHOLE_CONTEXT: Refusal = {
  code: 'guardrail/whole-context',
  message: '`context` is used as a whole',
  hint: 'ask for what it has: `context.path`, `context has method`',
  token: 'context',
};

function isContext(node: unknown): boolean {
  return (node as Parts).Var === 'context';
}

function first(nodes: readonly unknown[], place: Place): Refusal | undefined {
  for (const node of nodes) {
    const found = findRefused(node, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

function refusedFunction(token: string): Refusal {
  if (token === 'hasTag' || token === 'getTag') {
    return {
      code: 'guardrail/tag',
      message: `${quote(token)} asks for tags, and nothing here has any`,
      hint: 'ask for attributes: `principal has owner && principal.owner == "team-orders"`',
      token,
    };
  }
  return {
    code: 'guardrail/extension',
    message: `${quote(token)} is a function of Cedar's extensions, which guardrails do without: they are decided in services and proxies, too, which know no addresses, decimals or times`,
    hint: 'write it with names, groups, words or whole numbers',
    token,
  };
}

const CALLED: readonly unknown[] = [ENTITY_TYPES.service, ENTITY_TYPES.endpoint];

function refusedValue(value: unknown, place: Place): Refusal | undefined {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return {
      code: 'guardrail/number',
      message:
        'A whole number beyond ±9007199254740991 does not survive the way to where it is decided',
      hint: 'use a smaller number',
      token: '',
    };
  }
  if (place === 'compared' || typeof value !== 'object' || value === null) return undefined;
  const { __entity } = value as { __entity?: { type?: unknown; id?: unknown } };
  if (!CALLED.includes(__entity?.type)) return undefined;
  return {
    code: 'guardrail/other-entity',
    message: `${quote(__entity?.id)} is asked about itself; only the caller, what it calls and the request can be`,
    hint: 'compare with it (`==`, `in`), or ask `principal`, `resource` or `resource.service`',
    token: JSON.stringify(__entity?.id),
  };
}
