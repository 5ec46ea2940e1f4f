import type { SyntaxNode } from '../parse.ts';
import { toTemplates } from '../template.ts';
import { textsOf } from './constants.ts';
import type { JavaReading } from './reading.ts';
import { moduleOf } from './settings.ts';
import { annotationOf, type JavaFile, type JavaType } from './types.ts';

/** A prefix that the configuration of a module puts before the paths of some of its controllers. */
export interface PathPrefix {
  readonly template: string;
  /** Of the module's controllers. */
  applies(type: JavaType): boolean;
}

/** Files that set prefixes. */
export const SETS_PREFIXES = /\.addPathPrefix\s*\(/;

/** `configurer.addPathPrefix("/api", HandlerTypePredicate.forAnnotation(RestController.class))`, of
 *  Spring MVC and WebFlux alike.
 *  @see Spring Framework reference, "Path Matching" */
export function pathPrefixesIn(file: JavaFile, reading: JavaReading): PathPrefix[] {
  const [owner] = file.types;
  if (owner === undefined || !file.path.endsWith('.java') || !SETS_PREFIXES.test(file.text))
    return [];
  const module = moduleOf(file.path);
  const calls = file.root.findAll({
    rule: { kind: 'method_invocation', has: { field: 'name', regex: '^addPathPrefix$' } },
  });
  return calls.flatMap((call) => {
    const [path, predicate] = namedIn(call.field('arguments'));
    const [text] = textsOf(path, owner, reading.program);
    const template = text === undefined ? undefined : toTemplates(text, 'brace')[0];
    if (template === undefined) return [];
    const selects = toSelection(predicate?.text() ?? '');
    return [{ template, applies: (type) => moduleOf(type.file.path) === module && selects(type) }];
  });
}

function namedIn(list: SyntaxNode | null): SyntaxNode[] {
  return (list?.children() ?? []).filter((child) => child.isNamed());
}

/** Which controllers a predicate means: those of packages, those with annotations; else all. */
function toSelection(predicate: string): (type: JavaType) => boolean {
  const packages = [...predicate.matchAll(/"([\w.]{1,200})"/g)].map((match) => match[1] ?? '');
  if (packages.length > 0) {
    return ({ file }) =>
      packages.some((name) => file.packageName === name || file.packageName.startsWith(`${name}.`));
  }
  const names = [...predicate.matchAll(/(\w{1,100})\.class\b/g)].map((match) => match[1] ?? '');
  const asksForAnnotation = /forAnnotation|isAnnotationPresent|AnnotationUtils|AnnotatedElement/;
  if (names.length === 0 || !asksForAnnotation.test(predicate)) return () => true;
  return ({ annotations }) => annotationOf(annotations, ...names) !== undefined;
}
