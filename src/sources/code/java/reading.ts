import type { Diagnostic } from '../../../base/diagnostic.ts';
import type { Observation } from '../../../estate/index.ts';
import type { RouterModelBuilder } from '../routes.ts';
import { textsOf } from './constants.ts';
import type { Program } from './program.ts';
import { filled, type Settings } from './settings.ts';
import {
  type Annotation,
  annotationOf,
  type JavaFile,
  type JavaMethod,
  type JavaType,
} from './types.ts';

/** What the readers of single frameworks work with. */
export interface JavaReading {
  readonly program: Program;
  readonly model: RouterModelBuilder;
  settingsOf(file: string): Settings;
  /** The `@ApplicationPath` of a module, else empty. */
  applicationPathOf(file: string): string;
  /** What the configuration of its module puts before the paths of a controller, else empty. */
  pathPrefixOf(type: JavaType): string;
  observe(observation: Observation): void;
  report(diagnostic: Diagnostic): void;
}

/** Reads what one framework makes of a file's types. */
export type JavaFramework = (file: JavaFile, reading: JavaReading) => void;

/** The texts of an annotation's arguments by the first of `keys` that it has, placeholders filled. */
export function argumentTexts(
  annotation: Annotation | undefined,
  keys: readonly string[],
  type: JavaType,
  reading: JavaReading,
): string[] {
  const key = keys.find((each) => annotation?.arguments.has(each));
  if (annotation === undefined || key === undefined) return [];
  const settings = reading.settingsOf(type.file.path);
  return textsOf(annotation.arguments.get(key), type, reading.program).map((text) =>
    filled(text, settings),
  );
}

const GUARDS = [
  'PreAuthorize',
  'Secured',
  'RolesAllowed',
  'Authenticated',
  'PostAuthorize',
  'DenyAll',
];
const OPEN = ['PermitAll', 'AnonymousAllowed'];

/** Whether annotations demand a credential; those of the method count before those of the type. */
export function isGuarded(method: JavaMethod, type: JavaType): boolean {
  for (const annotations of [method.annotations, type.annotations]) {
    if (annotationOf(annotations, ...OPEN) !== undefined) return false;
    const guard = annotationOf(annotations, ...GUARDS);
    if (guard !== undefined) return !guard.arguments.get('value')?.text().includes('permitAll');
  }
  return false;
}

const NAMED = [
  'PathVariable',
  'RequestParam',
  'RequestHeader',
  'PathParam',
  'QueryParam',
  'FormParam',
  'RestPath',
  'RestQuery',
];
/** Annotations of parameters that are no part of the body. */
const ELSEWHERE = [...NAMED, 'Context', 'HeaderParam', 'CookieParam', 'CookieValue', 'Suspended'];

/** Names of a method's parameters, and of the fields of the type that its body is read into. */
export function fieldsOf(method: JavaMethod, type: JavaType, reading: JavaReading): string[] {
  return method.parameters.flatMap((parameter) => {
    const named = annotationOf(parameter.annotations, ...NAMED);
    if (named !== undefined) {
      const [name] = argumentTexts(named, ['value', 'name'], type, reading);
      if (name === undefined && /(?:Headers|Map)$/.test(parameter.type)) return [];
      return [name ?? parameter.name];
    }
    if (annotationOf(parameter.annotations, ...ELSEWHERE) !== undefined) return [];
    return reading.program.type(parameter.type, type.file)?.fieldNames ?? [];
  });
}
