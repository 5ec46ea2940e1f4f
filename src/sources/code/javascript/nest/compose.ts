import { posix } from 'node:path';
import { routerId } from '../../routes.ts';
import { joinTemplates, toTemplates } from '../../template.ts';
import { nestApplication } from '../frameworks/nest-application.ts';
import type { Interpreter } from '../interpreter.ts';
import {
  asText,
  asTexts,
  type ClassValue,
  fieldIn,
  type RouterValue,
  type Value,
} from '../values.ts';
import { type Controller, type ControllerRoute, toController } from './controllers.ts';
import { argumentValue, decorators } from './decorators.ts';

/** Puts the controllers of every application under its prefix and versions.
 *  Paths are built as prefix, version, module path, controller path, method path.
 *  @see NestJS, "Controllers", "Versioning", "Router module" */
export function composeNest(run: Interpreter): void {
  const apps = run.routerValues.filter(({ router }) => router === nestApplication);
  const controllers = new Map<number, Controller>();
  for (const type of run.classes) {
    const controller = toController(type, run);
    if (controller !== undefined) controllers.set(type.node.id(), controller);
  }
  const reached = new Set<number>();
  for (const app of apps) {
    for (const [id, modulePath] of controllersOf(app, run)) {
      const controller = controllers.get(id);
      if (controller === undefined) continue;
      reached.add(id);
      emit(controller, app, modulePath, run);
    }
  }
  // Modules made at run time hide their controllers; the application around them serves those.
  for (const [id, controller] of controllers) {
    if (!reached.has(id)) emit(controller, nearest(apps, controller), '', run);
  }
}

/** Controllers that an application's modules name, by class, with the path of their module. */
function controllersOf(app: RouterValue, run: Interpreter): Map<number, string> {
  const found = new Map<number, string>();
  const paths = new Map<number, string>();
  const modules = new Map<number, ClassValue>();
  const visit = (value: Value | undefined): void => {
    if (value?.kind === 'list') for (const item of value.items) visit(item);
    if (value?.kind === 'object') {
      visit(fieldIn(value, 'module'));
      visit(fieldIn(value, 'imports'));
      collect(fieldIn(value, 'controllers'), found, '');
      modulePaths(fieldIn(value, 'routes'), '', paths);
    }
    if (value?.kind !== 'class' || modules.has(value.node.id())) return;
    modules.set(value.node.id(), value);
    visit(fieldIn(optionsOf(value, run), 'imports'));
  };
  visit(app.state.get('module'));
  for (const [id, type] of modules) {
    collect(fieldIn(optionsOf(type, run), 'controllers'), found, paths.get(id) ?? '');
  }
  return found;
}

function collect(value: Value | undefined, found: Map<number, string>, path: string): void {
  if (value?.kind === 'list') for (const item of value.items) collect(item, found, path);
  else if (value?.kind === 'class') found.set(value.node.id(), path);
}

/** The tree of `RouterModule.register([{ path, module, children }])`. */
function modulePaths(
  value: Value | undefined,
  prefix: string,
  paths: Map<number, string>,
  depth = 0,
): void {
  if (value?.kind === 'list')
    for (const item of value.items) modulePaths(item, prefix, paths, depth);
  if (depth > 20) return;
  if (value?.kind === 'class') paths.set(value.node.id(), prefix);
  if (value?.kind !== 'object') return;
  const path = joinTemplates(
    prefix,
    toTemplates(asText(fieldIn(value, 'path')) ?? '', 'colon')[0] ?? '',
  );
  modulePaths(fieldIn(value, 'module'), path, paths, depth + 1);
  modulePaths(fieldIn(value, 'children'), path, paths, depth + 1);
}

function optionsOf(type: ClassValue, run: Interpreter): Value | undefined {
  const decorator = decorators(type.node, type.scope, run).find(({ name }) => name === 'Module');
  return argumentValue(decorator, type, run);
}

function nearest(apps: readonly RouterValue[], controller: Controller): RouterValue | undefined {
  const file = controller.type.scope.module.path;
  return apps
    .map((app) => ({ app, folder: posix.dirname(app.id.slice(0, app.id.indexOf('#'))) }))
    .filter(({ folder }) => folder === '.' || file.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0]?.app;
}

function emit(
  controller: Controller,
  app: RouterValue | undefined,
  modulePath: string,
  run: Interpreter,
): void {
  const { world } = run;
  const router = app?.id ?? routerId(controller.type.scope.module.path, controller.type.name);
  for (const route of controller.routes) {
    const { method, place, fields, isGuarded } = route;
    for (const template of templatesOf(controller, route, app, modulePath)) {
      world.route({
        router,
        reader: 'nestjs',
        method,
        template,
        place,
        fields,
        ...(isGuarded && { security: 'required' }),
      });
    }
  }
  for (const { protocol, method, name, place, fields, isGuarded } of controller.handlers) {
    const security = isGuarded ? ({ security: 'required' } as const) : {};
    world.route({
      router,
      reader: 'nestjs',
      protocol,
      method,
      template: name,
      place,
      fields,
      ...security,
    });
  }
  const interfaces = new Map(controller.interfaces.map(({ name, place }) => [name, place]));
  for (const [name, place] of interfaces) world.implement(name, place, 'nestjs');
}

function templatesOf(
  controller: Controller,
  route: ControllerRoute,
  app: RouterValue | undefined,
  modulePath: string,
): string[] {
  const own = controller.paths.flatMap((path) =>
    route.paths.flatMap((rest) => toTemplates(`${path}/${rest}`, 'colon')),
  );
  const versions = versionsOf(controller, route, app);
  return own.flatMap((path) => {
    const inside = joinTemplates(modulePath, path);
    return versions.map((version) =>
      joinTemplates(prefixFor(inside, app), joinTemplates(version, inside)),
    );
  });
}

function versionsOf(
  controller: Controller,
  route: ControllerRoute,
  app: RouterValue | undefined,
): string[] {
  const versioning = app?.state.get('versioning');
  if (versioning === undefined) return [''];
  const type = fieldIn(versioning, 'type');
  const isUri = type === undefined || (type.kind === 'external' && type.path.at(-1) === 'URI');
  if (!isUri) return [''];
  const version = route.versions ?? controller.versions ?? fieldIn(versioning, 'defaultVersion');
  const prefix = asText(fieldIn(versioning, 'prefix')) ?? 'v';
  const segments = asTexts(version).map((each) => `/${prefix === 'false' ? '' : prefix}${each}`);
  // A neutral version (a symbol of the package) stands for no segment.
  return segments.length === 0 ? [''] : segments;
}

function prefixFor(path: string, app: RouterValue | undefined): string {
  const prefix = asText(app?.state.get('prefix'));
  if (prefix === undefined) return '';
  const exclude = fieldIn(app?.state.get('prefixOptions'), 'exclude');
  const excluded = (exclude?.kind === 'list' ? exclude.items : []).flatMap((item) =>
    asTexts(item.kind === 'object' ? fieldIn(item, 'path') : item),
  );
  const isExcluded = excluded.some((each) => toTemplates(each, 'colon').includes(path));
  return isExcluded ? '' : (toTemplates(prefix, 'colon')[0] ?? '');
}
