import { positionOf, type SyntaxNode } from '../../parse.ts';
import { toTemplates } from '../../template.ts';
import { fieldOf, partsOf, stringOf, textOf } from '../syntax.ts';
import type { RouterValue, Value } from '../values.ts';
import type { Framework, RouterCall, RouterKind, World } from './framework.ts';
import { pathsOf } from './http-methods.ts';

/** Plain `node:http` servers: the paths that the request listener compares the URL with. Only clear
 *  cases: `req.url === '/x'`, `switch (pathname)`, `url.startsWith('/x')`, `/^\/x$/.test(req.url)`. */
const http: RouterKind = {
  reader: 'http',
  invoke(site) {
    const [event, listener] = site.arguments;
    if (site.method === 'on' && event?.kind === 'text' && event.text === 'request') {
      listen(site.router, listener, site.world);
    }
    return site.router;
  },
};

export const HTTP: Framework = {
  reader: 'http',
  modules: ['http', 'https', 'http2'],
  call({ callee, world, place, arguments: values }) {
    if (!/^(?:createServer|createSecureServer|Server)$/.test(callee.path.join('.')))
      return undefined;
    const server = world.createRouter(http, place, { isApplication: true });
    for (const value of values) listen(server, value, world);
    return server;
  },
};

function listen(server: RouterValue, listener: Value | undefined, world: World): void {
  if (listener?.kind !== 'function') return;
  world.markHandler(listener);
  const body = world.bodyOf(listener);
  if (body === undefined) return;
  const { path } = listener.scope.module;
  for (const { node, templates, methods } of comparisonsIn(body)) {
    const place = { file: path, ...positionOf(node) };
    for (const template of templates) {
      for (const method of methods.length === 0 ? ['ANY'] : methods) {
        world.route({ router: server.id, reader: 'http', method, template, place });
      }
    }
  }
}

interface Comparison {
  readonly node: SyntaxNode;
  readonly templates: readonly string[];
  readonly methods: readonly string[];
}

const MAX_COMPARISONS = 500;

function comparisonsIn(body: SyntaxNode): Comparison[] {
  const kinds = ['binary_expression', 'call_expression', 'switch_case'];
  const nodes = body.findAll({ rule: { any: kinds.map((kind) => ({ kind })) } });
  return nodes
    .slice(0, 20 * MAX_COMPARISONS)
    .flatMap((node) => {
      const templates = READS[node.kind() as string]?.(node) ?? [];
      if (templates.length === 0) return [];
      const own = /^(?:case\s*)?['"`]([A-Z]+) \//.exec(node.text())?.[1];
      return [{ node, templates, methods: own === undefined ? methodsAround(node, body) : [own] }];
    })
    .slice(0, MAX_COMPARISONS);
}

const READS: Readonly<Record<string, (node: SyntaxNode) => string[]>> = {
  binary_expression(node) {
    if (!isEquality(node)) return [];
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    if (isUrl(left)) return literalPath(right);
    return isUrl(right) ? literalPath(left) : [];
  },
  call_expression(node) {
    const callee = fieldOf(node, 'function');
    const method = textOf(callee && fieldOf(callee, 'property'));
    const object = callee && fieldOf(callee, 'object');
    const list = fieldOf(node, 'arguments');
    const argument = list && partsOf(list)[0];
    if (method === 'startsWith' && isUrl(object)) return literalPrefix(argument);
    if (method === 'match' && isUrl(object)) return pattern(argument);
    return (method === 'test' || method === 'exec') && isUrl(argument) ? pattern(object) : [];
  },
  switch_case(node) {
    const value = textOf(fieldOf(node.parent()?.parent() ?? node, 'value')).replace(/^\(|\)$/g, '');
    const label = fieldOf(node, 'value');
    return URL_NAME.test(value) || /method.*(?:url|path)/i.test(value) ? literalPath(label) : [];
  },
};

const URL_NAME = /(?:^|\.)(?:url|pathname|path|reqPath|requestPath|reqUrl)$/;

/** `req.url.split('?')[0]`, with or without a question mark before the dot. */
const WITHOUT_QUERY = /\??\.split\(\s*['"`][?#]['"`]\s*(?:,\s*\d\s*)?\)(?:\?\.)?\[0\]$/;

function isUrl(node: SyntaxNode | undefined): boolean {
  return node !== undefined && URL_NAME.test(node.text().slice(-90).replace(WITHOUT_QUERY, ''));
}

function isEquality(node: SyntaxNode): boolean {
  return /^===?$/.test(textOf(fieldOf(node, 'operator')));
}

function literalPath(node: SyntaxNode | undefined): string[] {
  if (node?.kind() !== 'string') return [];
  const path = stringOf(node).replace(/^[A-Z]+ (?=\/)/, '');
  return path.startsWith('/')
    ? [path.split(/[?#]/, 1)[0] ?? path].flatMap((each) => toTemplates(each, 'brace'))
    : [];
}

/** `startsWith('/users/')` lets anything follow; `startsWith('/users')` is mostly there for queries. */
function literalPrefix(node: SyntaxNode | undefined): string[] {
  if (node?.kind() !== 'string') return [];
  const path = stringOf(node);
  if (!path.startsWith('/') || path === '/') return [];
  return toTemplates(path.endsWith('/') ? `${path}*` : path, 'colon');
}

function pattern(node: SyntaxNode | undefined): string[] {
  return node?.kind() === 'regex' ? toTemplates(textOf(fieldOf(node, 'pattern')), 'regex') : [];
}

const METHOD = /\.?method\s*={2,3}\s*['"]([A-Z]+)['"]/g;

/** HTTP methods that conditions around a comparison, or just inside its branch, ask for. */
function methodsAround(node: SyntaxNode, body: SyntaxNode): string[] {
  let isOtherwise = false;
  for (
    let each: SyntaxNode | null = node;
    each !== null && each.id() !== body.id();
    each = each.parent()
  ) {
    // What the condition before an `else` asks for does not hold behind it.
    if (each.kind() === 'else_clause') isOtherwise = true;
    if (each.kind() === 'switch_case' && each.id() !== node.id()) {
      const label = fieldOf(each, 'value');
      if (label !== undefined && /^['"][A-Z]+['"]$/.test(label.text())) return [stringOf(label)];
    }
    if (each.kind() !== 'if_statement') continue;
    if (isOtherwise) {
      isOtherwise = false;
      continue;
    }
    const found = methodsIn(textOf(fieldOf(each, 'condition')));
    if (found.length > 0) return found;
    const isInCondition = fieldOf(each, 'condition')?.range().end.index ?? 0;
    if (node.range().start.index < isInCondition) {
      const inner = methodsIn(textOf(fieldOf(each, 'consequence')));
      if (inner.length > 0) return inner;
    }
  }
  return node.kind() === 'switch_case' ? methodsIn(node.text()) : [];
}

function methodsIn(text: string): string[] {
  return [...new Set([...text.matchAll(METHOD)].map((match) => match[1] ?? ''))];
}

/** The `httpdispatcher` package: `dispatcher.onGet(path, listener)`. */
const dispatcher: RouterKind = {
  reader: 'httpdispatcher',
  invoke(site: RouterCall) {
    const method = /^on(Get|Post|Put|Delete|Patch|Head|Options)$/.exec(site.method)?.[1];
    if (method === undefined) return site.router;
    for (const argument of site.arguments) site.world.markHandler(argument);
    for (const template of pathsOf(site.arguments[0])) {
      site.world.route({
        router: site.router.id,
        reader: 'httpdispatcher',
        method: method.toUpperCase(),
        template,
        place: site.place,
      });
    }
    return site.router;
  },
};

export const HTTP_DISPATCHER: Framework = {
  reader: 'httpdispatcher',
  modules: ['httpdispatcher'],
  call(site) {
    const { callee, world, place } = site;
    const router = world.createRouter(dispatcher, place, { isApplication: true });
    // Its early versions were one dispatcher for all: `require('httpdispatcher').onGet(…)`.
    const [method] = callee.path;
    return method === undefined ? router : dispatcher.invoke({ ...site, router, method });
  },
};
