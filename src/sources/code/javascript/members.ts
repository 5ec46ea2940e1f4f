import { evaluate } from './expressions.ts';
import { type Interpreter, isStatic, membersOf } from './interpreter.ts';
import { fieldOf, textOf } from './syntax.ts';
import {
  type ClassValue,
  isKnown,
  type ObjectValue,
  toText,
  UNKNOWN,
  type Value,
} from './values.ts';

/** `value.name`, as far as it is known. */
export function memberOf(value: Value, name: string, run: Interpreter): Value {
  switch (value.kind) {
    case 'object':
      return memberOfObject(value, name, run);
    case 'class':
      return memberOfClass(value, name, run);
    case 'external':
      // What a package exports by default is the package itself to CommonJS.
      return name === 'default' ? value : { ...value, path: [...value.path, name] };
    case 'list':
      if (name === 'length') return toText(String(value.items.length));
      return value.items[Number(name)] ?? UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function memberOfObject(value: ObjectValue, name: string, run: Interpreter): Value {
  const own = value.fields.get(name);
  if (own !== undefined) return own;
  if (value.type !== undefined) {
    const method = run.methodOf(value.type, name, value);
    if (method === undefined) return UNKNOWN;
    const isGetter = method.node.children().some((child) => child.kind() === 'get');
    return isGetter ? run.call(method, []) : method;
  }
  if (value.module === undefined) return UNKNOWN;
  const module = run.module(value.module);
  const found = name === 'default' ? module?.defaultExport : module?.named(name);
  return found !== undefined && found !== value ? found : UNKNOWN;
}

function memberOfClass(type: ClassValue, name: string, run: Interpreter): Value {
  const known = type.statics.get(name);
  if (isKnown(known)) return known;
  for (const member of membersOf(type)) {
    if (
      !isStatic(member) ||
      textOf(fieldOf(member, 'name') ?? fieldOf(member, 'property')) !== name
    ) {
      continue;
    }
    if (member.kind() === 'method_definition') return run.methodOf(type, name, type) ?? UNKNOWN;
    const expression = fieldOf(member, 'value');
    // Set first, so that a field that names itself ends.
    type.statics.set(name, UNKNOWN);
    const value = expression === undefined ? UNKNOWN : evaluate(expression, type.scope, run);
    type.statics.set(name, value);
    return value;
  }
  return UNKNOWN;
}
