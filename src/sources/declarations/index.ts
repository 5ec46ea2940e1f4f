import type { ReadContext, Reader, SourceFile } from '../reader.ts';
import { CheckedDocument } from './check.ts';
import { DECLARATION_FILE, isGroup } from './groups.ts';
import { tellDeclaration } from './observe.ts';
import { Declaration } from './schema.ts';

export { DECLARATION_FILE, policySources } from './groups.ts';
export { policyTests } from './policy-tests.ts';
export { Declaration, declarationJsonSchema } from './schema.ts';
export { toTestedCall } from './tested-call.ts';
export { waivers } from './waivers.ts';

/** Reads `reeve.yaml`: what a service's own team says that it is, offers, calls and holds. */
export const declarations: Reader = {
  name: 'declarations',
  wants: (path) => DECLARATION_FILE.test(path),
  start(context) {
    const paths = new Set(context.paths);
    const seen = new Map<string, string>();
    return { read: (file) => readFile(file, context, paths, seen) };
  },
};

function readFile(
  file: SourceFile,
  context: ReadContext,
  paths: ReadonlySet<string>,
  seen: Map<string, string>,
): void {
  const checked = file
    .documents(context.report)
    .filter((document) => !isGroup(document))
    .map((document) => new CheckedDocument(Declaration, document, file.path));
  for (const { problems } of checked) problems.forEach(context.report);
  const services = checked.filter(isService);
  for (const service of services) {
    reportTwin(service, file.path, context, seen);
    tellDeclaration(service, {
      file: file.path,
      isAlone: services.length === 1,
      exists: (path) => paths.has(path),
      observe: context.observe,
      report: context.report,
    });
  }
}

/** Without these, nothing can be said about any service. */
function isService(document: CheckedDocument): boolean {
  return (
    ['apiVersion', 'kind'].every((key) => document.textAt(key) !== undefined) &&
    document.textAt('metadata', 'name') !== undefined
  );
}

function reportTwin(
  service: CheckedDocument,
  file: string,
  context: ReadContext,
  seen: Map<string, string>,
): void {
  const path = ['metadata', 'name'];
  const key = `${service.textAt('metadata', 'namespace') ?? ''}/${service.textAt(...path)}`;
  const first = seen.get(key);
  const position = service.document.valueAt(path);
  if (first !== undefined) {
    context.report({
      severity: 'warning',
      code: 'declarations/service-repeated',
      message: `this service is already declared in ${first}; both count`,
      hint: 'keep one declaration a service',
      file,
      ...position,
    });
  } else seen.set(key, `${file}:${position.line}`);
}
