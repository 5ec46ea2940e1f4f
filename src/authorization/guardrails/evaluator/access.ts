import { quote } from '../../../base/fault.ts';
import { EvaluationError, UnusablePolicy } from './fault.ts';
import type { Evaluate } from './form.ts';
import { attributeOf, hasAttributes } from './operators.ts';
import { listOf, objectOf, textOf } from './shape.ts';
import { UNKNOWN } from './value.ts';

/** Variables, and attributes of what they stand for. */

const VARIABLES: ReadonlyMap<unknown, Evaluate> = new Map<unknown, Evaluate>([
  ['principal', (world) => world.principal],
  ['action', (world) => world.action],
  ['resource', (world) => world.resource],
  ['context', (world) => world.context.record()],
]);

export function variable(body: unknown): Evaluate {
  const evaluate = VARIABLES.get(body);
  if (evaluate === undefined) throw new UnusablePolicy(`${quote(body)} is no variable`);
  return evaluate;
}

export function access(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const { left, attr } = objectOf(body, '`.`', ['left', 'attr']);
  const name = textOf(attr, 'an attribute');
  const holder = part(left);
  if (holder === VARIABLES.get('context')) return contextAccess(name);
  return (world) => {
    const value = holder(world);
    return value === UNKNOWN ? UNKNOWN : attributeOf(value, name, world);
  };
}

/** Without the rest of `context`, which may not be known. */
function contextAccess(name: string): Evaluate {
  return ({ context }) => {
    const value = context.attribute(name);
    if (value === undefined) throw new EvaluationError(`there is no attribute ${quote(name)}`);
    return value;
  };
}

export function has(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const { left, attr } = objectOf(body, '`has`', ['left', 'attr']);
  const names = (typeof attr === 'string' ? [attr] : listOf(attr, '`has`')).map((name) =>
    textOf(name, 'an attribute'),
  );
  if (names.length === 0) throw new UnusablePolicy('`has` names no attribute');
  const holder = part(left);
  if (holder === VARIABLES.get('context') && names.length === 1) {
    const [name = ''] = names;
    return ({ context }) => context.attribute(name) !== undefined;
  }
  return (world) => {
    const value = holder(world);
    return value === UNKNOWN ? UNKNOWN : hasAttributes(value, names, world);
  };
}
