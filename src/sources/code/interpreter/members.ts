import type { Position } from '../../../base/text.ts';
import { libraryBases, memberOfClass } from './classes.ts';
import type { Interpreter } from './interpreter.ts';
import type { Scope } from './scope.ts';
import type { Semantics } from './semantics.ts';
import { type ClassValue, type RecordValue, UNKNOWN, type Value } from './value.ts';

/** Finds what `object.name` is. */
export class Members {
  readonly #interpreter: Interpreter;
  readonly #semantics: Semantics;

  constructor(interpreter: Interpreter, semantics: Semantics) {
    this.#interpreter = interpreter;
    this.#semantics = semantics;
  }

  find(object: Value, name: string, scope: Scope, at: Position): Value {
    return this.#own(object, name, scope, at) ?? this.#foreign(object, name, scope, at);
  }

  /** What the program itself says. */
  #own(object: Value, name: string, scope: Scope, at: Position): Value | undefined {
    switch (object.is) {
      case 'module':
        return object.scope.get(name);
      case 'record':
        return object.fields.get(name) ?? this.#ofClass(object, name, scope, at);
      case 'class': {
        const member = memberOfClass(object, name);
        const isOfClass = member?.is === 'function' && member.node.isOfClass;
        return isOfClass ? { ...member, self: object } : member;
      }
      default:
        return undefined;
    }
  }

  #foreign(object: Value, name: string, scope: Scope, at: Position): Value {
    const known = this.#semantics.member(object, name, { file: scope.file, ...at });
    if (known) return known;
    return object.is === 'external' ? { is: 'external', path: `${object.path}.${name}` } : UNKNOWN;
  }

  #ofClass(record: RecordValue, name: string, scope: Scope, at: Position): Value | undefined {
    const type = record.class;
    if (type === undefined) return undefined;
    const member = memberOfClass(type, name);
    if (member?.is === 'function' && !member.node.isStatic) return { ...member, self: record };
    return (
      member ?? this.#field(record, type, name, at) ?? this.#embedded(record, type, name, scope, at)
    );
  }

  /** A field that nothing is put into stands for its type, the same at every look. */
  #field(record: RecordValue, type: ClassValue, name: string, at: Position): Value | undefined {
    const field = type.node.fields.find((candidate) => candidate.name === name);
    if (field === undefined) return undefined;
    const declared = this.#interpreter.evaluate(field.type, type.scope);
    const value = this.#interpreter.instanceOf(declared, type.scope, at);
    record.fields.set(name, value);
    return value;
  }

  /** A member of a library's type that an object of the program inherits or embeds. */
  #embedded(
    record: RecordValue,
    type: ClassValue,
    name: string,
    scope: Scope,
    at: Position,
  ): Value | undefined {
    const place = { file: scope.file, ...at };
    for (const path of libraryBases(type)) {
      const key = baseKey(path);
      const value =
        record.fields.get(key) ??
        record.fields.get(path.slice(path.lastIndexOf('.') + 1)) ??
        this.#semantics.instance(path, place);
      if (value === undefined) continue;
      record.fields.set(key, value);
      const member = this.#semantics.member(value, name, place);
      if (member) return member;
    }
    return undefined;
  }
}

/** The field in which an object keeps what it is by a library's class. */
export function baseKey(path: string): string {
  return `#base ${path}`;
}
