import { toTemplates } from '../../template.ts';
import { asTexts, fieldIn, type Value } from '../values.ts';

/** Router methods that register one HTTP method, by the names that the frameworks share. */
export const HTTP_METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  head: 'HEAD',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  del: 'DELETE',
  options: 'OPTIONS',
  opts: 'OPTIONS',
  trace: 'TRACE',
  connect: 'CONNECT',
  all: 'ANY',
};

/** The templates of a path argument: a text, a regular expression, or a list of them. */
export function pathsOf(value: Value | undefined): string[] {
  switch (value?.kind) {
    case 'text':
      return toTemplates(value.text, 'colon');
    case 'regex':
      return toTemplates(value.source, 'regex');
    case 'list':
      return value.items.flatMap(pathsOf);
    default:
      return [];
  }
}

/** `GET` of `get`, several of a list; `ANY` where nothing is known. */
export function methodsOf(value: Value | undefined): string[] {
  const names = asTexts(value).map((name) => name.toUpperCase());
  return names.length === 0 ? ['ANY'] : names.map((name) => (name === 'ALL' ? 'ANY' : name));
}

/** Property names of a JSON schema's parts under `schema` of route options. */
export function schemaFields(options: Value | undefined): string[] {
  const schema = fieldIn(options, 'schema');
  return ['body', 'querystring', 'query', 'params'].flatMap((part) => {
    const properties = fieldIn(schema, part, 'properties');
    return properties?.kind === 'object' ? [...properties.fields.keys()] : [];
  });
}
