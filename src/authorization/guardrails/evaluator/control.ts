import { quote } from '../../../base/fault.ts';
import { EvaluationError } from './fault.ts';
import type { Evaluate, Form } from './form.ts';
import { booleanOf } from './operators.ts';
import { objectOf } from './shape.ts';
import { isSurelyBoolean } from './surely.ts';
import { UNKNOWN, type Unknown, type Value } from './value.ts';
import type { World } from './world.ts';

/** What does not evaluate all of its operands. */

/** `&&` and `||`: where the left operand is `decisive`, the right one is not evaluated. */
export function junction(name: string, decisive: boolean): Form {
  return (body, part) => {
    const operands = objectOf(body, quote(name), ['left', 'right']);
    const left = part(operands.left);
    const right = part(operands.right);
    const isLeftSafe = isSurelyBoolean(operands.left);
    return (world) => {
      const first = left(world);
      if (first === UNKNOWN) {
        return isLeftSafe && ofUnknown(right, world) === decisive ? decisive : UNKNOWN;
      }
      if (booleanOf(first, name) === decisive) return decisive;
      const second = right(world);
      return second === UNKNOWN ? UNKNOWN : booleanOf(second, name);
    };
  };
}

/** What may turn out never to be evaluated, so that an error in it says nothing yet. */
function ofUnknown(evaluate: Evaluate, world: World): Value | Unknown {
  try {
    return evaluate(world);
  } catch (thrown) {
    if (thrown instanceof EvaluationError) return UNKNOWN;
    throw thrown;
  }
}

export function conditional(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const parts = objectOf(body, '`if`', ['if', 'then', 'else']);
  const condition = part(parts.if);
  // biome-ignore lint/suspicious/noThenProperty: the name in Cedar's format
  const branches = { then: part(parts.then), else: part(parts.else) };
  return (world) => {
    const value = condition(world);
    if (value === UNKNOWN) return UNKNOWN;
    return booleanOf(value, 'if') ? branches.then(world) : branches.else(world);
  };
}
