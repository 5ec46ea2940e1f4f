import type { Api, Operation, PathParameter } from './api.ts';
import { operationKey } from './api.ts';

/** Without those that say nothing of an API: OPTIONS and TRACE are answered for any path. */
const METHODS = ['get', 'put', 'post', 'delete', 'head', 'patch'] as const;
const MAX_OPERATIONS = 400;
const MAX_REFERENCES = 8;
/** What a parameter for the format of the answer takes (`/report.{format}`), unless it is said. */
const FORMATS = ['json', 'xml'];

type Json = Readonly<Record<string, unknown>>;

/** The operations of an OpenAPI 3 or Swagger 2 document, each shape once; the first 400 of a large one.
 *  Paths with `?` or `#`, and those whose braces do not close, are left out. */
export function readApi(provider: string, document: unknown): Api {
  const root = isObject(document) ? document : {};
  const base = basePathOf(root);
  const operations = new Map<string, Operation>();
  for (const [path, unresolved] of Object.entries(isObject(root.paths) ? root.paths : {})) {
    const item = resolved(unresolved, root);
    const template = joined(base, path);
    if (!item || !isUsable(template)) continue;
    for (const name of METHODS) {
      const operation = resolved(item[name], root);
      if (!operation || operations.size >= MAX_OPERATIONS) continue;
      const method = name.toUpperCase();
      const key = operationKey(method, template);
      if (operations.has(key)) continue;
      const declared = [...listOf(item.parameters), ...listOf(operation.parameters)];
      operations.set(key, { method, template, parameters: parametersOf(template, declared, root) });
    }
  }
  return { provider, operations: [...operations.values()] };
}

function parametersOf(template: string, declared: readonly unknown[], root: Json): PathParameter[] {
  const byName = new Map<string, PathParameter>();
  for (const one of declared) {
    const parameter = resolved(one, root);
    if (parameter?.in !== 'path' || typeof parameter.name !== 'string') continue;
    byName.set(parameter.name, toParameter(parameter.name, parameter, root));
  }
  return [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => {
    const name = match[1] ?? '';
    const parameter = byName.get(name) ?? { name };
    const isSuffix = template[match.index - 1] === '.' && /format|ext/i.test(name);
    return isSuffix ? { values: FORMATS, ...parameter } : parameter;
  });
}

/** OpenAPI 3 keeps the type in `schema`, Swagger 2 in the parameter itself. */
function toParameter(name: string, parameter: Json, root: Json): PathParameter {
  const schema = resolved(parameter.schema, root) ?? parameter;
  const values = listOf(schema.enum).filter((value) => /^[^/?#{}]+$/.test(String(value)));
  return {
    name,
    ...(typeof schema.type === 'string' ? { type: schema.type } : {}),
    ...(typeof schema.format === 'string' ? { format: schema.format } : {}),
    ...(values.length > 0 ? { values: values.map(String) } : {}),
  };
}

function basePathOf(root: Json): string {
  if (typeof root.basePath === 'string') return root.basePath;
  const server = listOf(root.servers)[0];
  if (!isObject(server) || typeof server.url !== 'string') return '';
  const variables = isObject(server.variables) ? server.variables : {};
  const url = server.url.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const variable = variables[name];
    return isObject(variable) ? String(variable.default ?? name) : name;
  });
  return url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^[^/].*$/, '');
}

function joined(base: string, path: string): string {
  const prefix = base.replace(/\/+$/, '');
  return `${prefix}${path.startsWith('/') ? '' : '/'}${path}`.trim();
}

function isUsable(template: string): boolean {
  return (
    !/[?#\s]/.test(template) &&
    !template.includes('//') &&
    !/[{}]/.test(template.replace(/\{[^{}/]+\}/g, ''))
  );
}

function resolved(value: unknown, root: Json): Json | undefined {
  let current: unknown = value;
  for (let hops = 0; hops < MAX_REFERENCES; hops++) {
    if (!isObject(current)) return undefined;
    if (typeof current.$ref !== 'string') return current;
    current = pointed(current.$ref, root);
  }
  return undefined;
}

function pointed(reference: string, root: Json): unknown {
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), root);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
