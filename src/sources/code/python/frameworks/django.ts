import type { ExternalFunction, Framework, Program } from '../../interpreter/framework.ts';
import {
  argument,
  type Call,
  itemsOf,
  listValue,
  type ModuleValue,
  native,
  plainText,
  type RouterValue,
  routerIn,
  textsOf,
  textValue,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import type { TemplateSyntax } from '../../template.ts';
import { handlerFacts } from '../views.ts';
import { djangoMethods } from './django-views.ts';

/** Django's URL configurations: each module's `urlpatterns` is a router, `include` a mount.
 *  @see Django: URL dispatcher; django.urls functions for use in URLconfs */

interface UrlPattern {
  readonly syntax: TemplateSyntax;
  readonly route: Value;
  readonly view: Value;
  readonly call: Call;
}

const PATTERN = 'django-pattern';
const INCLUDE = 'django-include';

function pattern(syntax: TemplateSyntax): ExternalFunction {
  return (call) => {
    const data: UrlPattern = {
      syntax,
      route: argument(call, 0, 'route', 'regex'),
      view: argument(call, 1, 'view'),
      call,
    };
    return { is: 'data', tag: PATTERN, data };
  };
}

/** `include('app.urls')`, `include((patterns, 'name'))`, `include(router.urls)`. */
const include: ExternalFunction = (call) => {
  const given = argument(call, 0, 'arg');
  const first = given.is === 'list' ? given.items[0] : undefined;
  const isPair = first?.is === 'list' || first?.is === 'text' || first?.is === 'module';
  return { is: 'data', tag: INCLUDE, data: isPair ? first : given };
};

const keepPatterns: ExternalFunction = (call) => call.positional[0] ?? UNKNOWN;

/** `i18n_patterns(path(…), …)`, and the `patterns('', …)` of old. */
const listPatterns: ExternalFunction = (call) => listValue(call.positional);

function texts(names: readonly string[]): Value {
  return listValue(names.map((name) => textValue(name)));
}

function methodsFact(methods: (call: Call) => readonly string[]): ExternalFunction {
  return (call) =>
    native(({ positional: [view = UNKNOWN] }) => {
      if (view.is === 'function') view.facts.set('methods', texts(methods(call)));
      return view;
    });
}

/** `@require_GET`, used without a call of its own. */
function methodsDecorator(...methods: readonly string[]): ExternalFunction {
  return (call) => {
    const [view = UNKNOWN] = call.positional;
    if (view.is === 'function') view.facts.set('methods', texts(methods));
    return view;
  };
}

const METHOD_DECORATORS = 'django.views.decorators.http';

export const django: Framework = {
  externals: {
    'django.urls.path': pattern('angle'),
    'django.urls.re_path': pattern('regex'),
    'django.urls.conf.path': pattern('angle'),
    'django.conf.urls.url': pattern('regex'),
    'django.urls.include': include,
    'django.conf.urls.include': include,
    'django.conf.urls.patterns': listPatterns,
    'django.conf.urls.i18n.i18n_patterns': listPatterns,
    'rest_framework.urlpatterns.format_suffix_patterns': keepPatterns,
    'rest_framework.decorators.api_view': methodsFact((call) => {
      const methods = textsOf(argument(call, 0, 'http_method_names'));
      return methods.length > 0 ? methods : ['GET'];
    }),
    [`${METHOD_DECORATORS}.require_http_methods`]: methodsFact((call) =>
      textsOf(call.positional[0]),
    ),
    [`${METHOD_DECORATORS}.require_GET`]: methodsDecorator('GET'),
    [`${METHOD_DECORATORS}.require_POST`]: methodsDecorator('POST'),
    [`${METHOD_DECORATORS}.require_safe`]: methodsDecorator('GET', 'HEAD'),
  },
  routers: { django: { syntax: 'angle', methods: {} } },
};

/** Nesting of lists and includes in one module. */
const MAX_DEPTH = 20;

/** Takes down the `urlpatterns` of a module. `load` finds a module by the name in an `include`. */
export function registerUrls(
  module: ModuleValue,
  load: (name: string, from: string) => Value | undefined,
  program: Program,
): void {
  const patterns = module.scope.own('urlpatterns');
  if (patterns === undefined) return;
  const registrar = new UrlRegistrar(load, program);
  registrar.add(urlRouter(module, program), patterns, 0);
}

function urlRouter(module: ModuleValue, { book }: Program): RouterValue {
  return book.shared('django', { file: module.scope.file, line: 1, column: 1 }, 'angle');
}

class UrlRegistrar {
  readonly #load: (name: string, from: string) => Value | undefined;
  readonly #program: Program;

  constructor(load: (name: string, from: string) => Value | undefined, program: Program) {
    this.#load = load;
    this.#program = program;
  }

  add(router: RouterValue, patterns: Value, depth: number): void {
    if (depth > MAX_DEPTH) return;
    if (patterns.is === 'router') this.#program.book.mount(router, patterns, undefined, 'angle');
    for (const item of itemsOf(patterns)) {
      if (item.is === 'router' || item.is === 'list') this.add(router, item, depth + 1);
      else if (item.is === 'data' && item.tag === PATTERN) {
        this.#pattern(router, item.data as UrlPattern, depth);
      }
    }
  }

  #pattern(router: RouterValue, { syntax, route, view, call }: UrlPattern, depth: number): void {
    const { book } = this.#program;
    if (view.is === 'data' && view.tag === INCLUDE) {
      const child = this.#included(view.data as Value, call, depth);
      if (child) book.mount(router, child, route, syntax);
    } else if (view.is === 'list' || view.is === 'router') {
      // `url(r'^x/', (patterns, 'app', 'name'))`
      const child = this.#included(view, call, depth);
      if (child) book.mount(router, child, route, syntax);
    } else if (view.is === 'external' && view.path.endsWith('admin.site.urls')) {
      const path =
        route.is === 'text'
          ? textValue(`${route.text}${syntax === 'regex' ? '(?P<path>.*)' : '<path:path>'}`)
          : route;
      book.route(router, 'django', ['ANY'], path, syntax, call.place, { security: 'required' });
    } else {
      book.route(
        router,
        'django',
        djangoMethods(view),
        route,
        syntax,
        call.place,
        handlerFacts(view),
      );
    }
  }

  #included(given: Value, call: Call, depth: number): RouterValue | undefined {
    const { book } = this.#program;
    const name = plainText(given);
    const target = name === undefined ? given : this.#load(name, call.place.file);
    if (target?.is === 'module') return urlRouter(target, this.#program);
    if (target?.is === 'list') {
      const child = book.router('django', call.place, 'angle');
      this.add(child, target, depth + 1);
      return child;
    }
    return routerIn(target);
  }
}
