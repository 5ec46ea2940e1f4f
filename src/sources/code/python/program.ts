import { whileReading } from '../../now-reading.ts';
import type { ReadContext } from '../../reader.ts';
import { FrameworkTable, type Program } from '../interpreter/framework.ts';
import { Interpreter } from '../interpreter/interpreter.ts';
import type { Statement } from '../interpreter/program.ts';
import { RouteBook } from '../interpreter/route-book.ts';
import { Scope } from '../interpreter/scope.ts';
import type { Semantics } from '../interpreter/semantics.ts';
import {
  type Call,
  type ModuleValue,
  native,
  plainText,
  type RouterValue,
  textValue,
  type Value,
} from '../interpreter/value.ts';
import { isReadable, parseSource } from '../parse.ts';
import type { CodePlace, RouterModel } from '../routes.ts';
import { globalFunction, listMember, recordMember, textMember } from './builtins.ts';
import { aiohttp, tornado } from './frameworks/asynchronous.ts';
import { django, registerUrls } from './frameworks/django.ts';
import { fastapi } from './frameworks/fastapi.ts';
import { flask } from './frameworks/flask.ts';
import { ninja } from './frameworks/ninja.ts';
import { actionMapping, restFramework } from './frameworks/rest-framework.ts';
import { lowerPython } from './lower.ts';
import { PythonPaths } from './modules.ts';
import { settingOrView } from './settings.ts';
import { viewOf } from './views.ts';

const FRAMEWORKS = [flask, fastapi, aiohttp, tornado, django, restFramework, ninja];
const TABLE = new FrameworkTable(FRAMEWORKS);

/** Modules of libraries, even where a folder of the repository has the same name. */
const LIBRARIES = new Set(
  FRAMEWORKS.flatMap(({ externals = {} }) =>
    Object.keys(externals).map((path) => path.slice(0, path.indexOf('.'))),
  ),
);

/** Modules of one folder that are parsed; a larger one has its first this many. */
const MAX_MODULES = 20_000;

/** Names of methods that only routers have, or that only decorate handlers. */
const ROUTER_METHODS = new Set([
  'add_url_rule',
  'register_blueprint',
  'add_resource',
  'add_namespace',
  'include_router',
  'add_api_route',
]);
const DECORATOR_METHODS = new Set(['route', 'api_route', 'get', 'post', 'put', 'patch', 'delete']);

/** All Python modules of a folder, run for their routes. */
export class PythonProgram implements Semantics {
  readonly constructors = ['__init__'];
  readonly #context: ReadContext;
  readonly #paths: PythonPaths;
  readonly #modules = new Map<string, ModuleValue>();
  readonly #wanted = new Set<string>();
  readonly #program: Program;

  constructor(context: ReadContext) {
    this.#context = context;
    this.#paths = new PythonPaths(context.paths);
    this.#program = {
      book: new RouteBook(),
      interpreter: new Interpreter(this),
      load: (name, from) => this.#named(name, from),
    };
  }

  /** Runs these files and whatever they import. */
  run(files: readonly string[]): RouterModel {
    const { book, interpreter } = this.#program;
    for (const file of files) this.#wanted.add(file);
    for (const file of files) this.#module(file);
    interpreter.runWaiting();
    // A module that an include names may be loaded on the way.
    for (const module of this.#modules.values()) {
      registerUrls(module, (name, from) => this.#find(name, from), this.#program);
    }
    if (interpreter.isExhausted) {
      this.#context.report({
        severity: 'note',
        code: 'python/too-many-steps',
        message: 'the Python code takes more steps than the limit allows, so routes may be missing',
        file: '',
      });
    }
    return book.finish('angle');
  }

  runsAlone(file: string): boolean {
    return this.#wanted.has(file);
  }

  global(name: string): Value | undefined {
    // The name under which a program is started.
    return name === '__name__' ? textValue('__main__') : globalFunction(name);
  }

  load(statement: Statement & { is: 'import' }, scope: Scope): void {
    const { module, member, name } = statement;
    if (member === undefined) {
      // `import a.b` runs both and binds `a`.
      this.#find(module, scope.file);
      scope.set(name, this.#import(name, scope.file));
    } else if (member === '') scope.set(name, this.#import(module, scope.file));
    else if (member === '*') this.#importAll(module, scope);
    else {
      const found = this.#import(module, scope.file);
      scope.set(name, this.#memberOf(found, member));
    }
  }

  external(path: string, call: Call): Value | undefined {
    const known = TABLE.external(path, call, this.#program);
    if (known) return known;
    const [object = '', method = ''] = splitLast(path);
    return settingOrView(path, call) ?? this.#looseRouter(object, method, call);
  }

  member(object: Value, name: string): Value | undefined {
    if (object.is === 'module') return this.#submodule(object, name);
    if (object.is === 'class' && name === 'as_view') return native((call) => viewOf(object, call));
    if (object.is === 'function' && name === 'mapping') return actionMapping(object);
    if (object.is === 'router' && name === 'url_prefix') {
      return this.#program.book.ownPrefix(object);
    }
    const known = TABLE.member(object, name, this.#program);
    if (known) return known;
    if (object.is === 'text') return textMember(object, name);
    if (object.is === 'list') return listMember(object, name);
    return object.is === 'record' ? recordMember(object, name) : undefined;
  }

  instance(path: string, place: CodePlace): Value | undefined {
    return TABLE.instance(path, place, this.#program);
  }

  unknownMethod(_object: Value, name: string, call: Call): Value | undefined {
    return this.#looseRouter('', name, call);
  }

  /** A router that comes from where it cannot be followed (an extension's object, a library of the
   *  organisation's own) shows in what is done with it. */
  #looseRouter(object: string, method: string, call: Call): Value | undefined {
    const isDecorator = call.isDecorator && DECORATOR_METHODS.has(method);
    if (!isDecorator && !ROUTER_METHODS.has(method)) return undefined;
    if (isDecorator && !plainText(call.positional[0])?.startsWith('/')) return undefined;
    const kind = this.#kindFor(call.place.file);
    if (kind === undefined || /(?:^|\.)(?:responses|respx|mock|patch)$/.test(object))
      return undefined;
    // `from library import route`: a function, and no router's method.
    if (isDecorator && object !== '' && !object.includes('.')) return undefined;
    const at = { file: call.place.file, line: 1, column: 1 };
    const router: RouterValue = this.#program.book.shared(
      kind,
      at,
      kind === 'flask' ? 'angle' : 'brace',
    );
    const member = TABLE.member(router, method, this.#program);
    return member?.is === 'native' ? member.call(call) : undefined;
  }

  #kindFor(file: string): 'flask' | 'fastapi' | undefined {
    if (!this.#wanted.has(file)) return undefined;
    const text = this.#context.open(file)?.text ?? '';
    if (/\b(?:fastapi|APIRouter)\b/.test(text)) return 'fastapi';
    return /\b(?:flask\w*|quart|Blueprint)\b/i.test(text) ? 'flask' : undefined;
  }

  /** A module of the program, or something in one: `events.api.router`. */
  #named(name: string, from: string): Value | undefined {
    const [module, member] = splitLast(name);
    const holder = module === '' ? undefined : this.#find(module, from);
    const found = holder?.is === 'module' ? holder.scope.own(member) : undefined;
    return found ?? this.#find(name, from);
  }

  #import(module: string, from: string): Value {
    return this.#find(module, from) ?? { is: 'external', path: module };
  }

  #importAll(module: string, scope: Scope): void {
    const found = this.#find(module, scope.file);
    if (found?.is !== 'module') return;
    for (const name of found.scope.names) {
      const value = name.startsWith('_') ? undefined : found.scope.own(name);
      if (value) scope.set(name, value);
    }
  }

  #memberOf(value: Value, name: string): Value {
    if (value.is === 'external') return { is: 'external', path: `${value.path}.${name}` };
    if (value.is !== 'module') return { is: 'unknown' };
    return value.scope.own(name) ?? this.#submodule(value, name) ?? { is: 'unknown' };
  }

  #submodule(module: ModuleValue, name: string): Value | undefined {
    const place = this.#paths.at(module.path, [name]);
    return place && this.#place(place);
  }

  #find(module: string, from: string): Value | undefined {
    const first = module.split('.')[0] ?? '';
    if (LIBRARIES.has(first) || /_pb2(?:_grpc)?$/.test(module)) return undefined;
    const place = this.#paths.find(module, from);
    return place && this.#place(place);
  }

  #place({ file, folder }: { file?: string; folder: string }): Value | undefined {
    if (file !== undefined) return this.#module(file, folder);
    return { is: 'module', path: folder, scope: new Scope(folder) };
  }

  #module(
    file: string,
    folder = file.replace(/(?:\/?__init__)?\.py$/, ''),
  ): ModuleValue | undefined {
    const known = this.#modules.get(file);
    if (known || this.#modules.size >= MAX_MODULES) return known;
    const source = this.#context.open(file);
    const module: ModuleValue = { is: 'module', path: folder, scope: new Scope(file) };
    this.#modules.set(file, module);
    if (source && isReadable(source, 'python', this.#context.report)) {
      const statements = whileReading(file, () => lowerPython(parseSource('python', source.text)));
      this.#program.interpreter.run(statements, module.scope);
    }
    return module;
  }
}

function splitLast(path: string): [string, string] {
  const dot = path.lastIndexOf('.');
  return [path.slice(0, Math.max(0, dot)), path.slice(dot + 1)];
}
