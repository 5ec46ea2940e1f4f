import { whileReading } from '../../now-reading.ts';
import type { ReadContext } from '../../reader.ts';
import { FrameworkTable, type Program } from '../interpreter/framework.ts';
import { observeImplementation } from '../interpreter/grpc.ts';
import { Interpreter } from '../interpreter/interpreter.ts';
import { RouteBook } from '../interpreter/route-book.ts';
import { Scope } from '../interpreter/scope.ts';
import type { Semantics } from '../interpreter/semantics.ts';
import {
  type Call,
  type ClassValue,
  type FunctionValue,
  native,
  routerIn,
  textValue,
  type Value,
} from '../interpreter/value.ts';
import { isReadable, parseSource } from '../parse.ts';
import type { CodePlace, RouterModel } from '../routes.ts';
import { registerController } from './controllers.ts';
import { ENDPOINT, endpoints } from './endpoints.ts';
import { lowerCSharp } from './lower.ts';

const TABLE = new FrameworkTable([endpoints]);

/** Files of one folder that are parsed. */
const MAX_FILES = 20_000;
/** Files that are looked at for one name. */
const MAX_CANDIDATES = 8;

/** Where types and extension methods are defined, by name. */
export interface CSharpIndex {
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly extensions: ReadonlyMap<string, readonly string[]>;
}

/** All C# files of a folder, run for their routes. */
export class CSharpProgram implements Semantics {
  readonly constructors = ['.ctor'];
  readonly #context: ReadContext;
  readonly #index: CSharpIndex;
  readonly #files = new Map<string, Scope>();
  readonly #classes: ClassValue[] = [];
  readonly #wanted = new Set<string>();
  readonly #program: Program;

  constructor(context: ReadContext, index: CSharpIndex) {
    this.#context = context;
    this.#index = index;
    this.#program = { book: new RouteBook(), interpreter: new Interpreter(this) };
  }

  /** Runs these files and whatever they name. */
  run(files: readonly string[]): RouterModel {
    const { book, interpreter } = this.#program;
    for (const file of files) this.#wanted.add(file);
    for (const file of files) this.#file(file);
    interpreter.runWaiting();
    for (let index = 0; index < this.#classes.length; index++) {
      const type = this.#classes[index];
      if (type) registerController(type, this.#program);
    }
    if (interpreter.isExhausted) {
      this.#context.report({
        severity: 'note',
        code: 'dotnet/too-many-steps',
        message: 'the C# code takes more steps than the limit allows, so routes may be missing',
        file: '',
      });
    }
    return book.finish('brace');
  }

  runsAlone(file: string): boolean {
    return this.#wanted.has(file);
  }

  /** A type of the program, the nearest of several; else a library's. */
  global(name: string, scope: Scope): Value | undefined {
    for (const file of nearest(this.#index.types.get(name) ?? [], scope.file)) {
      const found = this.#file(file)?.own(name);
      if (found && found.is !== 'unknown') return found;
    }
    return /^[A-Z]/.test(name) ? { is: 'external', path: name } : undefined;
  }

  load(): void {}

  external(path: string, call: Call): Value | undefined {
    return TABLE.external(path, call, this.#program);
  }

  member(object: Value, name: string, place: CodePlace): Value | undefined {
    if (object.is === 'external' && /(?:^|\.)HttpMethods?$/.test(object.path)) {
      return textValue(name.toUpperCase());
    }
    const router = object.is === 'router' ? object : undefined;
    if (router && name === 'MapGrpcService') return native((call) => this.#grpc(router, call));
    if (router && /^Map(?:Default)?ControllerRoute$|^MapAreaControllerRoute$/.test(name)) {
      this.#noteConvention(place);
    }
    const known = TABLE.member(object, name, this.#program);
    if (known) return known;
    // Whatever else is said of an endpoint leaves it as it is.
    return object.is === 'data' && object.tag === ENDPOINT ? native(() => object) : undefined;
  }

  instance(path: string, place: CodePlace): Value | undefined {
    if (path === 'WebApplicationBuilder') return { is: 'data', tag: 'aspnet-builder', data: {} };
    return TABLE.instance(path.slice(path.lastIndexOf('.') + 1), place, this.#program);
  }

  /** An extension method of the program; a router that is asked for anything else gives itself, as
   *  builders do. */
  unknownMethod(
    object: Value,
    name: string,
    call: Call,
    _: Interpreter,
    scope: Scope,
  ): Value | undefined {
    const router = routerIn(object);
    const carries = router !== undefined || object.is === 'data';
    if (!carries) return undefined;
    const extension = this.#extension(name, scope.file);
    if (extension === undefined) return router;
    const given = { ...call, positional: [object, ...call.positional] };
    const result = this.#program.interpreter.call(extension, given);
    return result.is === 'unknown' ? (router ?? object) : result;
  }

  #extension(name: string, from: string): FunctionValue | undefined {
    for (const file of nearest(this.#index.extensions.get(name) ?? [], from)) {
      this.#file(file);
      for (const type of this.#classes) {
        if (type.scope.file !== file) continue;
        const found = type.members.own(name);
        if (found?.is === 'function') return found;
      }
    }
    return undefined;
  }

  /** `MapGrpcService<CartService>()`, where `CartService : Cart.CartBase`. */
  #grpc(router: Value, call: Call): Value {
    const [type] = call.types;
    const file = call.place.file;
    if (type?.is === 'class') {
      // As written: generated classes are not there to be found, others of their name may be.
      for (const base of type.node.bases) {
        const written = base.is === 'name' || base.is === 'member' ? base.name : '';
        const name = /^(\w+)Base$/.exec(written)?.[1];
        if (name === undefined) continue;
        observeImplementation(file, this.#context, name, call.place);
        break;
      }
    }
    return router;
  }

  #noteConvention(place: CodePlace): void {
    this.#context.report({
      severity: 'note',
      code: 'dotnet/conventional-routes',
      message:
        'maps controllers by convention; actions without a route attribute are not listed as endpoints',
      ...place,
    });
  }

  #file(path: string): Scope | undefined {
    const known = this.#files.get(path);
    if (known || this.#files.size >= MAX_FILES) return known;
    const scope = new Scope(path);
    this.#files.set(path, scope);
    const source = this.#context.open(path);
    if (!source || !isReadable(source, 'dotnet', this.#context.report)) return scope;
    const statements = whileReading(path, () => lowerCSharp(parseSource('csharp', source.text)));
    for (const statement of statements) {
      if (statement.is !== 'class') continue;
      const { class: node } = statement;
      scope.define(node.name, () => {
        const type = this.#program.interpreter.classValue(node, scope);
        this.#classes.push(type);
        return type;
      });
    }
    for (const name of scope.names) scope.own(name);
    this.#program.interpreter.run(
      statements.filter(({ is }) => is !== 'class'),
      new Scope(path, scope),
    );
    return scope;
  }
}

/** Those that share most of their path with `from` first. */
function nearest(files: readonly string[], from: string): readonly string[] {
  if (files.length < 2) return files;
  const parts = from.split('/');
  const shared = (file: string): number => {
    const others = file.split('/');
    let count = 0;
    while (count < parts.length && parts[count] === others[count]) count++;
    return count;
  };
  return [...files].sort((a, b) => shared(b) - shared(a)).slice(0, MAX_CANDIDATES);
}
