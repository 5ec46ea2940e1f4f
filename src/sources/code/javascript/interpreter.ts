import { whileReading } from '../../now-reading.ts';
import type { ReadContext } from '../../reader.ts';
import {
  isProductionSource,
  isReadable,
  languageOf,
  parseSource,
  positionOf,
  reportBroken,
  type SyntaxNode,
} from '../parse.ts';
import { type CodePlace, type RouterModelBuilder, routerId } from '../routes.ts';
import { bindParameters } from './bindings.ts';
import { evaluate } from './expressions.ts';
import type { RouterKind, World } from './frameworks/framework.ts';
import { isGuard } from './frameworks/guard.ts';
import { guessParameter, typeOf } from './frameworks/guess.ts';
import { Leftovers } from './leftovers.ts';
import { Module } from './modules.ts';
import { Resolver } from './resolve.ts';
import type { Scope } from './scope.ts';
import { declareAll, execute } from './statements.ts';
import { fieldOf, textOf } from './syntax.ts';
import {
  asText,
  type ClassValue,
  type FunctionValue,
  isKnown,
  type ObjectValue,
  type RouterValue,
  UNKNOWN,
  type Value,
} from './values.ts';

/** Nodes visited for one file or one leftover function. */
const MAX_STEPS = 40_000;
/** Nodes visited in one reading. */
const MAX_TOTAL_STEPS = 5_000_000;
/** Nesting of expressions and statements. */
const MAX_DEPTH = 600;
/** Calls inside of calls. */
const MAX_CALLS = 16;

/** Runs the part of a program that sets routers up, on what is known of its values: statements in
 *  order, both sides of every condition, calls of the program's own functions with their arguments.
 *  Handlers are never run, nothing of the input is evaluated by the machine, and work is bounded in
 *  steps, depth and calls. */
export class Interpreter {
  readonly model: RouterModelBuilder;
  readonly world: World;
  readonly #context: ReadContext;
  readonly #resolver: Resolver;
  readonly #modules = new Map<string, Module | undefined>();
  /** The file that set-up started from, innermost last: what a shared factory makes is its. */
  readonly #origins: string[] = [];
  readonly #active = new Map<string, number>();
  readonly #called = new Set<string>();
  readonly #functions = new Map<string, FunctionValue>();
  readonly #classes = new Map<string, ClassValue>();
  /** Every router made so far. */
  readonly routerValues: RouterValue[] = [];
  #steps = 0;
  #totalSteps = 0;
  #depth = 0;
  #calls = 0;
  #guessing = false;
  /** Whether the leftover that runs took a parameter for a router. */
  #guessed = false;
  readonly #leftovers = new Leftovers();
  readonly #instances = new Map<string, Value>();

  constructor(context: ReadContext, model: RouterModelBuilder) {
    this.#context = context;
    this.model = model;
    this.#resolver = new Resolver(context);
    this.world = this.#createWorld();
  }

  /** Every class seen so far, decorated or not. */
  get classes(): readonly ClassValue[] {
    return [...this.#classes.values()];
  }

  /** Runs a file once. */
  run(path: string): Module | undefined {
    const module = this.module(path);
    if (module === undefined || module.hasRun) return module;
    module.hasRun = true;
    this.#from(path, () => {
      declareAll(module.root, module.scope, this);
      execute(module.root, module.scope, this);
    });
    return module;
  }

  /** Runs what no file has called: functions that take a router from somewhere unknown, and classes
   *  that something unknown makes. */
  runLeftovers(): void {
    for (const [key, value] of [...this.#classes]) {
      if (this.#called.has(key) || !this.#anyOf(value, setsUpRoutes)) continue;
      this.#leftover(value.scope, () => this.#construct(value, [], true));
    }
    for (const [key, value] of [...this.#functions]) {
      if (this.#called.has(key) || !ROUTING.test(value.node.text()) || isHandler(value)) continue;
      const before = this.routerValues.length;
      this.#leftover(value.scope, () => this.call(value, []));
      const made = new Set(this.routerValues.slice(before).map(({ id }) => id));
      this.#leftovers.note(key, made, this.#guessed);
    }
  }

  #leftover(scope: Scope, run: () => void): void {
    this.#guessing = true;
    this.#guessed = false;
    this.#from(scope.module.path, run);
    this.#guessing = false;
  }

  /** The one instance of a class that a container hands out, made when it is first asked for. */
  instanceOf(type: ClassValue): Value {
    const key = keyOf(type);
    const known = this.#instances.get(key);
    if (known !== undefined) return known;
    // Set first: classes may ask for each other in a ring.
    this.#instances.set(key, UNKNOWN);
    const made = this.#anyOf(type, inServer) ? this.construct(type, []) : UNKNOWN;
    this.#instances.set(key, made);
    return made;
  }

  #from(path: string, run: () => void): void {
    const [steps, depth, calls] = [this.#steps, this.#depth, this.#calls];
    [this.#steps, this.#depth, this.#calls] = [0, 0, 0];
    this.#origins.push(path);
    try {
      run();
    } finally {
      this.#origins.pop();
      [this.#steps, this.#depth, this.#calls] = [steps, depth, calls];
    }
  }

  /** One step deeper into the tree; false once the bounds are reached. */
  enter(): boolean {
    if (this.#depth >= MAX_DEPTH || this.#steps >= MAX_STEPS) return false;
    if (this.#totalSteps >= MAX_TOTAL_STEPS) return false;
    this.#depth++;
    this.#steps++;
    this.#totalSteps++;
    return true;
  }

  leave(): void {
    this.#depth--;
  }

  module(path: string): Module | undefined {
    if (this.#modules.has(path)) return this.#modules.get(path);
    const language = languageOf(path);
    const file = language === undefined ? undefined : this.#context.open(path);
    const module =
      language !== undefined &&
      file !== undefined &&
      isReadable(file, 'javascript', this.#context.report)
        ? whileReading(path, () => new Module(path, file.text, parseSource(language, file.text)))
        : undefined;
    if (module !== undefined) reportBroken(module.root, path, 'javascript', this.#context.report);
    this.#modules.set(path, module);
    return module;
  }

  /** What `specifier` means in `from`: a file of the folder, run by now, or a package. */
  import(from: Module, specifier: string): Module | string | undefined {
    const path = this.#resolver.resolve(from.path, specifier);
    if (path !== undefined) return this.run(path);
    return specifier.startsWith('.') ? undefined : specifier.replace(/^node:/, '');
  }

  /** What the file at a path of the folder gives, where it is one of its production sources. */
  load(path: string): Value | undefined {
    const file = this.#resolver.fileAt(path);
    return file !== undefined && isProductionSource(file) ? this.run(file)?.value : undefined;
  }

  placeOf(node: SyntaxNode, scope: Scope): CodePlace {
    return { file: scope.module.path, ...positionOf(node) };
  }

  remember(value: FunctionValue | ClassValue): void {
    const key = keyOf(value);
    if (value.kind === 'class') this.#classes.set(key, value);
    else if (!this.#functions.has(key)) this.#functions.set(key, value);
  }

  /** Calls a function of the program; anything else gives nothing known, but the functions among
   *  its arguments run, as `connect().then(() => …)` does. */
  call(callee: Value, values: readonly Value[], self?: Value): Value {
    if (callee.kind === 'function') return this.#invoke(callee, values, self ?? callee.self);
    if (callee.kind === 'unwrapped') return this.call(callee.value, values);
    if (callee.kind === 'class') return this.construct(callee, values);
    for (const value of values) {
      if (value.kind === 'function' && !isHandler(value)) this.#invoke(value, [], value.self);
    }
    return UNKNOWN;
  }

  /** Whether something holds for a class or one above it. */
  #anyOf(type: ClassValue, holds: (type: ClassValue) => boolean): boolean {
    let current: ClassValue | undefined = type;
    for (let level = 0; current !== undefined && level < MAX_CALLS; level++) {
      if (holds(current)) return true;
      current = this.parentOf(current);
    }
    return false;
  }

  construct(type: ClassValue, values: readonly Value[]): Value {
    return this.#construct(type, values, false);
  }

  #construct(type: ClassValue, values: readonly Value[], everyMethod: boolean): Value {
    this.#called.add(keyOf(type));
    const instance: ObjectValue = { kind: 'object', fields: new Map(), type };
    this.initialise(type, instance, values);
    if (!everyMethod) return instance;
    for (const name of methodNames(type)) {
      const method = this.methodOf(type, name, instance);
      if (name !== 'constructor' && method !== undefined && !isHandler(method)) {
        if (!this.#called.has(keyOf(method))) this.call(method, []);
      }
    }
    return instance;
  }

  /** Runs field initialisers and the constructor on an instance; a class without a constructor runs
   *  that of the class above it. */
  initialise(type: ClassValue, instance: ObjectValue, values: readonly Value[]): void {
    const maker = this.methodOf(type, 'constructor', instance, false);
    const parent = this.parentOf(type);
    if (parent !== undefined && maker === undefined && this.#calls < MAX_CALLS) {
      this.#calls++;
      this.initialise(parent, instance, values);
      this.#calls--;
    }
    const scope = type.scope.child();
    scope.declare('this', instance);
    for (const member of membersOf(type)) {
      const name = textOf(fieldOf(member, 'name') ?? fieldOf(member, 'property'));
      const value = fieldOf(member, 'value');
      if (!FIELDS.has(member.kind() as string) || value === undefined) continue;
      if (!isStatic(member)) instance.fields.set(name, evaluate(value, scope, this));
    }
    if (maker !== undefined) this.call(maker, values);
  }

  parentOf(type: ClassValue): ClassValue | undefined {
    const heritage = type.node.children().find((child) => child.kind() === 'class_heritage');
    const clause = heritage?.children().find((child) => child.kind() === 'extends_clause');
    const expression = clause
      ? fieldOf(clause, 'value')
      : heritage
          ?.children()
          .find((child) => child.isNamed() && child.kind() !== 'implements_clause');
    if (expression === undefined) return undefined;
    const parent = evaluate(expression, type.scope, this);
    return parent.kind === 'class' && parent.node.id() !== type.node.id() ? parent : undefined;
  }

  /** A method of a class, or of those above it, bound to `self`. */
  methodOf(
    type: ClassValue,
    name: string,
    self: Value,
    inherited = true,
  ): FunctionValue | undefined {
    let current: ClassValue | undefined = type;
    for (let level = 0; current !== undefined && level < MAX_CALLS; level++) {
      for (const member of membersOf(current)) {
        if (member.kind() !== 'method_definition') continue;
        if (textOf(fieldOf(member, 'name')) !== name) continue;
        const scope = current.scope.child();
        scope.declare('this', self);
        scope.declare('super class', current);
        return { kind: 'function', node: member, scope, self };
      }
      current = inherited ? this.parentOf(current) : undefined;
    }
    return undefined;
  }

  #invoke(value: FunctionValue, values: readonly Value[], self: Value | undefined): Value {
    const key = keyOf(value);
    const active = this.#active.get(key) ?? 0;
    if (active > 1 || this.#calls >= MAX_CALLS) return UNKNOWN;
    this.#leftovers.withdraw(key, values, this.model);
    this.#called.add(key);
    this.#active.set(key, active + 1);
    this.#calls++;
    const scope = value.scope.child();
    if (self !== undefined && value.node.kind() !== 'arrow_function') scope.declare('this', self);
    try {
      bindParameters(value, values, scope, this);
      return this.#runBody(value.node, scope);
    } finally {
      this.#calls--;
      this.#active.set(key, active);
    }
  }

  #runBody(node: SyntaxNode, scope: Scope): Value {
    const body = fieldOf(node, 'body');
    if (body === undefined) return UNKNOWN;
    if (body.kind() !== 'statement_block') return evaluate(body, scope, this);
    const returned: Value[] = [];
    execute(body, scope, this, returned);
    return returned.find(isKnown) ?? UNKNOWN;
  }

  /** What to take an unknown parameter for, where leftovers run. */
  guess(parameter: SyntaxNode, owner: FunctionValue): Value {
    // Looking a type up runs the file that it stands in.
    const type = MOUNTS.test(owner.scope.module.text) ? typeOf(parameter, owner) : undefined;
    if (type !== undefined) return this.instanceOf(type);
    if (!this.#guessing || this.#calls > 1) return UNKNOWN;
    const guessed = guessParameter(parameter, owner);
    if (guessed === undefined) return UNKNOWN;
    this.#guessed = true;
    return this.world.createRouter(guessed, this.placeOf(parameter, owner.scope));
  }

  #createWorld(): World {
    const { model } = this;
    return {
      paths: this.#context.paths,
      createRouter: (kind, place, facts) => this.#createRouter(kind, place, facts),
      route: (route) => void model.routes.push(route),
      mount: (mount) => void model.mounts.push(mount),
      describe: (router) => void model.routers.push(router),
      implement: (interfaceName, place, reader) =>
        this.#context.observe({
          kind: 'implementation',
          subject: { by: 'place', file: this.#origins.at(-1) ?? place.file },
          interface: interfaceName,
          source: { reader, how: 'implemented', ...place },
        }),
      call: (callee, values) => this.call(callee, values),
      load: (path) => {
        const module = this.run(path);
        if (module === undefined) return undefined;
        return { value: module.defaultExport, autoPrefix: asText(module.named('autoPrefix')) };
      },
      markHandler: (value) => this.#markHandler(value),
      bodyOf: (value) => fieldOf(value.node, 'body'),
      isGuard,
    };
  }

  #createRouter(
    kind: RouterKind,
    place: CodePlace,
    facts: Parameters<World['createRouter']>[2],
  ): RouterValue {
    const origin = this.#origins.at(-1) ?? place.file;
    const id = routerId(
      origin,
      `${place.file}:${place.line}:${place.column}@${this.routerValues.length}`,
    );
    this.model.routers.push({ id, ...facts });
    const value: RouterValue = { kind: 'router', router: kind, id, state: new Map() };
    this.routerValues.push(value);
    return value;
  }

  #markHandler(value: Value): void {
    if (value.kind === 'function') this.#called.add(keyOf(value));
    if (value.kind === 'list') for (const item of value.items) this.#markHandler(item);
  }
}

const FIELDS = new Set(['public_field_definition', 'field_definition']);

/** Something that sets up routes, in any framework. */
const ROUTING =
  /\.\s*(?:get|post|put|patch|delete|del|all|use|route|register|on|service|addService|createServer)\s*\(|router\s*\[|\b(?:express|fastify|Router|Hono|Koa)\s*\(/i;

function setsUpRoutes(type: ClassValue): boolean {
  return ROUTING.test(type.node.text());
}

/** Puts routers into one another. */
const MOUNTS = /\.\s*(?:use|register|route)\s*\(/;

/** Packages whose routers a class may hold; the many services of a browser's application hold none. */
const SERVER = /['"](?:express[\w-]*|fastify[\w-]*|@?koa[\w/-]*|hono[\w/-]*|polka|restify)['"]/;

function inServer(type: ClassValue): boolean {
  return SERVER.test(type.scope.module.text);
}

/** First parameters of handlers, which hold no set-up. */
const HANDLER_PARAMETERS =
  /^(?:_?req|_?request|_?ctx|context|c|_|err|error|e|event|next|reply|res)$/;

function isHandler(value: FunctionValue): boolean {
  const single = fieldOf(value.node, 'parameter');
  if (single !== undefined) return HANDLER_PARAMETERS.test(single.text());
  const first = fieldOf(value.node, 'parameters')
    ?.children()
    .find((child) => child.isNamed());
  if (first === undefined) return false;
  return HANDLER_PARAMETERS.test(textOf(fieldOf(first, 'pattern') ?? first));
}

function keyOf(value: FunctionValue | ClassValue): string {
  return `${value.scope.module.path}:${value.node.range().start.index}:${value.kind}`;
}

export function membersOf(type: ClassValue): SyntaxNode[] {
  return (
    fieldOf(type.node, 'body')
      ?.children()
      .filter((child) => child.isNamed()) ?? []
  );
}

export function isStatic(member: SyntaxNode): boolean {
  return member.children().some((child) => child.kind() === 'static');
}

function methodNames(type: ClassValue): string[] {
  return membersOf(type)
    .filter((member) => member.kind() === 'method_definition')
    .map((member) => textOf(fieldOf(member, 'name')));
}
