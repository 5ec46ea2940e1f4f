import { routerId } from '../routes.ts';
import { entryOf } from '../table.ts';
import { joinTemplates, toTemplates } from '../template.ts';
import {
  argumentTexts,
  fieldsOf,
  isGuarded,
  type JavaFramework,
  type JavaReading,
} from './reading.ts';
import { type Settings, settingOf } from './settings.ts';
import { type Annotation, annotationOf, type JavaMethod, type JavaType } from './types.ts';

/** HTTP methods of Spring's mapping annotations; that of `RequestMapping` is its own argument. */
const MAPPINGS: Readonly<Record<string, readonly string[]>> = {
  RequestMapping: [],
  GetMapping: ['GET'],
  PostMapping: ['POST'],
  PutMapping: ['PUT'],
  DeleteMapping: ['DELETE'],
  PatchMapping: ['PATCH'],
  GetExchange: ['GET'],
  PostExchange: ['POST'],
  PutExchange: ['PUT'],
  DeleteExchange: ['DELETE'],
  PatchExchange: ['PATCH'],
};
const CONTROLLERS = [
  'RestController',
  'Controller',
  'RepositoryRestController',
  'BasePathAwareController',
];
const ON_METHODS = Object.keys(MAPPINGS);
const MAX_META_LEVELS = 4;

/** Spring MVC and WebFlux: annotated controllers, mappings on the interfaces and classes above them
 *  included. @see Spring Framework reference, "Request Mapping" */
export const spring: JavaFramework = (file, reading) => {
  for (const type of file.types) {
    if (type.kind === 'class' && isController(type, reading)) readController(type, reading);
    const rest = annotationOf(type.annotations, 'RepositoryRestResource');
    if (rest !== undefined) {
      reading.report({
        severity: 'note',
        code: 'spring/data-rest',
        message: `${type.name} is exported by Spring Data REST; its endpoints stand in no mapping and are not listed`,
        hint: 'declare them in an OpenAPI document',
        ...rest.place,
      });
    }
  }
};

/** Annotated as a controller, directly or through an annotation of the folder's own. */
function isController(type: JavaType, reading: JavaReading, level = 0): boolean {
  if (annotationOf(type.annotations, ...CONTROLLERS) !== undefined) return true;
  if (level >= MAX_META_LEVELS) return false;
  return type.annotations.some(({ name }) => {
    if (!name.endsWith('Controller') && !name.endsWith('Api')) return false;
    const meta = reading.program.type(name, type.file);
    return meta?.kind === 'annotation' && isController(meta, reading, level + 1);
  });
}

function readController(type: JavaType, reading: JavaReading): void {
  const router = routerId(type.file.path, type.name);
  const base = contextPath(reading.settingsOf(type.file.path));
  const mapping = typeMapping(type, reading);
  const prefixes = mapping.templates.map((template) =>
    joinTemplates(base, joinTemplates(reading.pathPrefixOf(type), template)),
  );
  reading.model.routers.push({ id: router, isApplication: true, prefixes });
  for (const operation of operationsOf(type, reading)) {
    const isRequired = isGuarded(operation.method, type);
    const methods = operation.methods.length > 0 ? operation.methods : mapping.methods;
    for (const method of methods.length > 0 ? methods : ['ANY']) {
      for (const template of operation.templates) {
        reading.model.routes.push({
          router,
          reader: 'spring',
          method,
          template,
          place: operation.annotation.place,
          fields: fieldsOf(operation.method, operation.type, reading),
          ...(isRequired && { security: 'required' }),
        });
      }
    }
  }
}

/** What stands before every path of a module: of the servlet container, then of its servlet. */
function contextPath(settings: Settings): string {
  const keys = [
    'server.servlet.context-path',
    'spring.webflux.base-path',
    'spring.mvc.servlet.path',
  ];
  const [context, ...rest] = keys.map((key) => settingOf(settings, key));
  const parts = [context ?? settingOf(settings, 'server.context-path'), ...rest];
  return parts
    .filter((part) => part !== undefined)
    .flatMap(
      (part) => toTemplates(part.replace(/\$\{[^{}:]*:?([^{}]*)\}/g, '$1'), 'brace')[0] ?? [],
    )
    .reduce((before, part) => joinTemplates(before, part), '');
}

export interface Mapping {
  readonly templates: readonly string[];
  readonly methods: readonly string[];
}

/** The mapping on a type itself or, where it has none, on the nearest above it. */
export function typeMapping(type: JavaType, reading: JavaReading): Mapping {
  for (const each of reading.program.hierarchy(type)) {
    const mapping = mappingAmong(each.annotations, ON_TYPES, each, reading);
    if (mapping !== undefined) return mapping;
  }
  return { templates: ['/'], methods: [] };
}

const ON_TYPES = ['RequestMapping', 'HttpExchange'];

/** The mapping among annotations, or on an annotation of the folder's own that is among them; the
 *  latter may take the path through an alias. @see Spring Framework reference, "Meta-annotations" */
function mappingAmong(
  annotations: readonly Annotation[],
  names: readonly string[],
  type: JavaType,
  reading: JavaReading,
  level = 0,
): (Mapping & { readonly annotation: Annotation }) | undefined {
  const annotation = annotationOf(annotations, ...names);
  if (annotation !== undefined) return { annotation, ...toMapping(annotation, type, reading) };
  if (level >= MAX_META_LEVELS) return undefined;
  for (const each of annotations) {
    const meta = reading.program.type(each.name, type.file);
    if (meta?.kind !== 'annotation') continue;
    const above = mappingAmong(meta.annotations, names, meta, reading, level + 1);
    if (above === undefined) continue;
    const isAlias = /@(?:get:)?AliasFor\b[^)]{0,200}Mapping\b/.test(meta.file.text);
    const hasPath = isAlias && PATHS.some((key) => each.arguments.has(key));
    const own = hasPath ? toMapping(each, type, reading).templates : above.templates;
    return { annotation: each, templates: own, methods: above.methods };
  }
  return undefined;
}

function toMapping(annotation: Annotation, type: JavaType, reading: JavaReading): Mapping {
  const paths = argumentTexts(annotation, PATHS, type, reading);
  const isPathless = !PATHS.some((key) => annotation.arguments.has(key));
  if (!isPathless && paths.length === 0) reportUnknown(annotation, reading);
  const own = entryOf(MAPPINGS, annotation.name) ?? [];
  const named = annotation.arguments.get('method')?.text() ?? '';
  return {
    templates: isPathless ? ['/'] : paths.flatMap((path) => toTemplates(path, 'brace')),
    methods:
      own.length > 0
        ? own
        : (named.match(/\b(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|TRACE)\b/g) ?? []),
  };
}

const PATHS = ['value', 'path', 'url'];

function reportUnknown(annotation: Annotation, reading: JavaReading): void {
  reading.report({
    severity: 'note',
    code: 'spring/path-unknown',
    message: 'the path is no constant that can be followed, so the endpoint is not listed',
    ...annotation.place,
  });
}

export interface Operation extends Mapping {
  readonly method: JavaMethod;
  readonly type: JavaType;
  readonly annotation: Annotation;
}

/** The mapped methods of a type, inherited ones included; the nearest mapping of a method counts. */
export function operationsOf(type: JavaType, reading: JavaReading): Operation[] {
  return reading.program.methods(type).flatMap((declarations) => {
    for (const { method, type: owner } of declarations) {
      const mapping = mappingAmong(method.annotations, ON_METHODS, owner, reading);
      if (mapping !== undefined) return [{ method, type: owner, ...mapping }];
    }
    return [];
  });
}
