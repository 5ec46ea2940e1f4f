import { keyOf } from './combine.ts';
import type { Interpreter } from './interpreter.ts';
import { placed } from './places.ts';
import type { RecordExpression } from './program.ts';
import type { Scope } from './scope.ts';
import { type ClassValue, listValue, UNKNOWN, type Value } from './value.ts';

/** The value of a literal of fields or entries: an object of a class, a list or a map.
 *  @param expected its type, where the literal does not repeat it */
export function evaluateRecord(
  interpreter: Interpreter,
  expression: RecordExpression,
  scope: Scope,
  expected: Value = UNKNOWN,
): Value {
  const type = expression.type ? interpreter.evaluate(expression.type, scope) : expected;
  const element = elementOf(interpreter, expression, scope, type);
  const place = expression.at && { file: scope.file, ...expression.at };
  const values = expression.entries.map(({ value }) =>
    placed(interpreter.evaluate(value, scope, element), value, place),
  );
  const isKeyed = expression.entries.some(({ key }) => key);
  if (element && !isKeyed) return listValue(values);
  const object = type.is === 'class' && element === undefined ? type : undefined;
  const isStruct = object !== undefined || type.is === 'external';
  const fields = new Map<string, Value>();
  expression.entries.forEach(({ key }, index) => {
    const label = key
      ? keyOf(key, isStruct ? undefined : interpreter.evaluate(key, scope))
      : fieldName(object, index);
    fields.set(label ?? String(index), values[index] ?? UNKNOWN);
  });
  return { is: 'record', ...(object && { class: object }), fields };
}

/** The type of what a list or map holds; undefined where the literal is neither. */
function elementOf(
  interpreter: Interpreter,
  { element }: RecordExpression,
  scope: Scope,
  type: Value,
): Value | undefined {
  if (element) return interpreter.evaluate(element, scope);
  if (type.is !== 'class' || !type.node.element) return undefined;
  return interpreter.evaluate(type.node.element, type.scope);
}

function fieldName(type: ClassValue | undefined, index: number): string | undefined {
  return type?.node.fields[index]?.name;
}
