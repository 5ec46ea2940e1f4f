import { posix } from 'node:path';
import { entryOf } from '../../table.ts';
import { joinTemplates, toTemplates } from '../../template.ts';
import {
  asText,
  type ExternalValue,
  fieldIn,
  isKnown,
  type RouterValue,
  toText,
  type Value,
} from '../values.ts';
import type { Framework, RouterCall, RouterKind } from './framework.ts';
import { HTTP_METHODS, methodsOf, pathsOf, schemaFields } from './http-methods.ts';

/** @see Fastify, "Routes" and "Plugins"; @fastify/autoload */
const fastify: RouterKind = {
  reader: 'fastify',
  invoke(site) {
    if (site.method === 'route') return routeObject(site);
    if (site.method === 'register') return register(site);
    if (site.method === 'listen') site.world.describe({ id: site.router.id, isApplication: true });
    if (site.method === 'after' || site.method === 'ready')
      site.world.call({ kind: 'unknown' }, site.arguments);
    const method = entryOf(HTTP_METHODS, site.method);
    if (method === undefined || site.arguments.length < 2) return site.router;
    const options = site.arguments.length > 2 ? site.arguments[1] : undefined;
    emit(site, [method], site.arguments[0], options);
    return site.router;
  },
};

/** Hooks of a route or a plugin that turn callers away. */
const HOOKS = ['onRequest', 'preHandler', 'preValidation', 'preParsing'];

function emit(
  site: RouterCall,
  methods: readonly string[],
  path: Value | undefined,
  options: Value | undefined,
): void {
  const { world, router, place } = site;
  for (const argument of site.arguments) world.markHandler(argument);
  const optionsNode = site.nodes.find((node) => node.kind() === 'object');
  const isGuarded = HOOKS.some((hook) => {
    if (fieldIn(options, hook) === undefined) return false;
    const pair = optionsNode
      ?.children()
      .find((child) => child.kind() === 'pair' && child.field('key')?.text() === hook);
    return world.isGuard({ kind: 'unknown' }, pair?.field('value') ?? undefined);
  });
  const fields = schemaFields(options);
  for (const template of pathsOf(path)) {
    for (const method of methods) {
      world.route({
        router: router.id,
        reader: 'fastify',
        method,
        template,
        place,
        ...(fields.length > 0 && { fields }),
        ...(isGuarded && { security: 'required' }),
      });
    }
  }
}

function routeObject(site: RouterCall): Value {
  const [options] = site.arguments;
  const handler = fieldIn(options, 'handler');
  if (handler !== undefined) site.world.markHandler(handler);
  emit(
    site,
    methodsOf(fieldIn(options, 'method')),
    fieldIn(options, 'url') ?? fieldIn(options, 'path'),
    options,
  );
  return site.router;
}

function register(site: RouterCall): Value {
  const [plugin, options] = site.arguments;
  if (plugin?.kind === 'external' && plugin.module === '@fastify/autoload') autoload(site, options);
  else if (plugin !== undefined) plug(site, plugin, prefixOf(options), options);
  return site.router;
}

function prefixOf(options: Value | undefined): string {
  return asText(fieldIn(options, 'prefix')) ?? '';
}

/** Runs a plugin on a child of the router, under its prefix; a wrapped plugin on the router itself. */
function plug(site: RouterCall, plugin: Value, prefix: string, options?: Value): void {
  const { world, router, place } = site;
  const isModule = plugin.kind === 'object' && plugin.module !== undefined;
  const callee = isModule ? (fieldIn(plugin, 'default') ?? plugin) : plugin;
  if (callee.kind === 'unwrapped') {
    world.call(callee.value, [router, ...(isKnown(options) ? [options] : [])]);
    return;
  }
  if (callee.kind !== 'function') return;
  const child: RouterValue = world.createRouter(fastify, place);
  for (const template of prefixTemplates(prefix)) {
    world.mount({ parent: router.id, child: child.id, prefix: template });
  }
  world.call(callee, [child, ...(isKnown(options) ? [options] : [])]);
}

function prefixTemplates(prefix: string): string[] {
  return prefix === '' ? ['/'] : toTemplates(prefix, 'colon');
}

const PLUGIN_FILE = /\.[cm]?[jt]s$/;
const INDEX = /^index\.[cm]?[jt]s$/;
/** Plugins of one folder. */
const MAX_PLUGINS = 1_000;

/** Loads every plugin below a folder under the path of its own folder. */
function autoload(site: RouterCall, options: Value | undefined): void {
  const dir = asText(fieldIn(options, 'dir'));
  if (dir === undefined) return;
  const folder = posix.normalize(dir.replace(/^file:\/*/, ''));
  const base = asText(fieldIn(options, 'options', 'prefix')) ?? '';
  const namesFolders = asText(fieldIn(options, 'dirNameRoutePrefix')) !== 'false';
  const hasParameters = asText(fieldIn(options, 'routeParams')) === 'true';
  const files = site.world.paths.filter(
    (path) => path.startsWith(`${folder}/`) && PLUGIN_FILE.test(path) && !path.endsWith('.d.ts'),
  );
  const withIndex = new Set(
    files.filter((path) => INDEX.test(posix.basename(path))).map((path) => posix.dirname(path)),
  );
  for (const path of files.slice(0, MAX_PLUGINS)) {
    // A folder with an index is that plugin alone.
    if (withIndex.has(posix.dirname(path)) && !INDEX.test(posix.basename(path))) continue;
    if (/(?:^|\/)(?:_?hooks|autohooks)\.|\.(?:test|spec)\./.test(path)) continue;
    const loaded = site.world.load(path);
    if (loaded === undefined) continue;
    const below = posix.dirname(path).slice(folder.length);
    const named = hasParameters ? below.replace(/\/_(\w)/g, '/:$1') : below;
    const own = loaded.autoPrefix ?? (namesFolders ? named : '');
    plug(site, loaded.value, joinTemplates(base, own), fieldIn(options, 'options') ?? toText(''));
  }
}

function isPluginWrapper(callee: ExternalValue): boolean {
  return callee.module === 'fastify-plugin' || callee.module === '@fastify/plugin';
}

export const FASTIFY: Framework = {
  reader: 'fastify',
  modules: ['fastify', 'fastify-plugin', '@fastify/autoload'],
  call({ callee, world, place, arguments: [first] }) {
    if (isPluginWrapper(callee)) return first && { kind: 'unwrapped', value: first };
    if (callee.module !== 'fastify' || !/^(?:fastify)?$/.test(callee.path.join('.')))
      return undefined;
    return world.createRouter(fastify, place, { isApplication: true });
  },
  parameter: {
    kind: fastify,
    types: ['FastifyInstance'],
    names: ['fastify', 'app', 'server', 'instance', 'api'],
  },
};
