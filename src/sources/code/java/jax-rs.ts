import { routerId } from '../routes.ts';
import { joinTemplates, toTemplates } from '../template.ts';
import {
  argumentTexts,
  fieldsOf,
  isGuarded,
  type JavaFramework,
  type JavaReading,
} from './reading.ts';
import { settingOf } from './settings.ts';
import { annotationOf, type JavaMethod, type JavaType } from './types.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
/** Resources inside of resources. */
const MAX_LEVELS = 6;

/** Jakarta RESTful Web Services, as Jersey, RESTEasy, Quarkus and MicroProfile run it.
 *  @see Jakarta RESTful Web Services 3.1 §3.3 to 3.6 */
export const jaxRs: JavaFramework = (file, reading) => {
  for (const type of file.types) {
    if (type.kind !== 'class' || pathsOf(type, reading) === undefined) continue;
    const id = routerId(file.path, type.name);
    const base = basePath(type, reading);
    reading.model.routers.push({ id, isApplication: true, prefixes: [base] });
    for (const path of pathsOf(type, reading) ?? []) readResource(type, path, id, reading, []);
  }
};

/** The paths of a resource class, on itself or above it; undefined where it has none. */
function pathsOf(type: JavaType, reading: JavaReading): string[] | undefined {
  for (const each of reading.program.hierarchy(type)) {
    if (annotationOf(each.annotations, 'RegisterRestClient') !== undefined) continue;
    const annotation = annotationOf(each.annotations, 'Path');
    if (annotation !== undefined) return argumentTexts(annotation, ['value'], each, reading);
  }
  return undefined;
}

/** `@ApplicationPath` of the module, under the root path that its settings give. */
function basePath(type: JavaType, reading: JavaReading): string {
  const settings = reading.settingsOf(type.file.path);
  const keys = [
    'quarkus.http.root-path',
    'quarkus.rest.path',
    'quarkus.resteasy-reactive.path',
    'quarkus.resteasy.path',
  ];
  const roots = keys.map((key) => settingOf(settings, key));
  return [...roots, reading.applicationPathOf(type.file.path)]
    .filter((part) => part !== undefined && part !== '')
    .reduce<string>(
      (before, part) => joinTemplates(before, toTemplates(part ?? '', 'brace')[0] ?? ''),
      '',
    );
}

function readResource(
  type: JavaType,
  prefix: string,
  router: string,
  reading: JavaReading,
  above: readonly JavaType[],
): void {
  if (above.includes(type) || above.length > MAX_LEVELS) return;
  for (const declarations of reading.program.methods(type)) {
    const annotated = declarations.find(
      ({ method }) => annotationOf(method.annotations, 'Path', ...METHODS) !== undefined,
    );
    if (annotated === undefined) continue;
    const { method, type: owner } = annotated;
    const path = annotationOf(method.annotations, 'Path');
    const [own = ''] = argumentTexts(path, ['value'], owner, reading);
    const http = annotationOf(method.annotations, ...METHODS);
    const full = `${prefix}/${own}`;
    if (http === undefined) {
      const child = locatedBy(method, owner, reading);
      if (child !== undefined) readResource(child, full, router, reading, [...above, type]);
      continue;
    }
    const isRequired = isGuarded(method, type);
    for (const template of toTemplates(full, 'brace')) {
      reading.model.routes.push({
        router,
        reader: 'jax-rs',
        method: http.name,
        template,
        place: (path ?? http).place,
        fields: fieldsOf(method, owner, reading),
        ...(isRequired && { security: 'required' }),
      });
    }
  }
}

/** The resource that a sub-resource locator gives. */
function locatedBy(method: JavaMethod, type: JavaType, reading: JavaReading): JavaType | undefined {
  const name = method.returns === 'Class' ? method.returnsArgument : method.returns;
  return name === undefined ? undefined : reading.program.type(name, type.file);
}
