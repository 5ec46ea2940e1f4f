import type { CodePlace } from '../routes.ts';
import type { Interpreter } from './interpreter.ts';
import type { Statement } from './program.ts';
import type { Scope } from './scope.ts';
import type { Call, Value } from './value.ts';

/** What the interpreter does not know by itself: how a language finds modules and calls
 *  constructors, and what the things of its libraries do. Undefined: nothing is known. */
export interface Semantics {
  /** Names of the method that a new object is set up with. */
  readonly constructors: readonly string[];
  /** Whether functions of this file are run even where nobody calls them. */
  runsAlone(file: string): boolean;
  /** A name that no scope knows. */
  global(name: string, scope: Scope): Value | undefined;
  load(statement: Statement & { is: 'import' }, scope: Scope): void;
  /** Something of a library is called. */
  external(path: string, call: Call, interpreter: Interpreter): Value | undefined;
  /** A member of a value that is no object of the program's own. */
  member(object: Value, name: string, place: CodePlace): Value | undefined;
  /** A value of a library's type, for parameters and fields that nothing known is put into. */
  instance(path: string, place: CodePlace): Value | undefined;
  /** A method is called on something that is not known, or does not have it. */
  unknownMethod(
    object: Value,
    name: string,
    call: Call,
    interpreter: Interpreter,
    scope: Scope,
  ): Value | undefined;
}
