import { isFields, listAt, pick, textAt } from '../../base/pick.ts';
import type { Source } from '../../estate/index.ts';
import type { ReadContext } from '../reader.ts';
import { interpolate, parseEnvFile } from './interpolate.ts';
import { type Definition, READER, within } from './project.ts';

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly source: Source;
}

/** What a definition sets in its containers, from `environment` and `env_file`. */
export function variablesOf(definition: Definition, context: ReadContext): readonly Variable[] {
  return [...fromFiles(definition, context), ...fromEnvironment(definition)];
}

/** A mapping, or a list of `NAME=value`. A name without a value is passed on from the project's own
 *  variables.
 *  @see Compose Specification, environment */
function fromEnvironment(definition: Definition): Variable[] {
  const { environment } = definition.value;
  const bare: [string | number, string][] = isFields(environment)
    ? Object.entries(environment).flatMap(([name, value]) => (value === null ? [[name, name]] : []))
    : listAt(environment).flatMap((item, index) =>
        typeof item === 'string' && !item.includes('=') ? [[index, item]] : [],
      );
  const passedOn = bare.flatMap(([step, name]) => {
    const value = definition.variables.get(name);
    const source = definition.sourceAt(['environment', step]);
    return value === undefined ? [] : [{ name, value, source }];
  });
  return [...pairsOf(definition, 'environment'), ...passedOn];
}

/** The pairs of a field that may be a mapping or a list of `name=value` (`environment`, `labels`). */
export function pairsOf(definition: Definition, field: string): readonly Variable[] {
  const value = definition.value[field];
  const entries: [string | number, string][] = isFields(value)
    ? Object.entries(value).flatMap(([name, item]) => {
        const text = textAt(item);
        return text === undefined ? [] : [[name, `${name}=${text}`]];
      })
    : listAt(value).flatMap((item, index) => {
        const text = textAt(item);
        return text?.includes('=') ? [[index, text]] : [];
      });
  return entries.map(([step, text]) => ({
    name: text.slice(0, text.indexOf('=')),
    value: interpolate(text.slice(text.indexOf('=') + 1), definition.variables),
    source: definition.sourceAt([field, step]),
  }));
}

/** One path, or a list of paths or of `{path}`. */
function fromFiles(definition: Definition, context: ReadContext): Variable[] {
  const field = definition.value.env_file;
  const entries = typeof field === 'string' ? [field] : listAt(field);
  return entries.flatMap((entry) => {
    const path = textAt(entry) ?? textAt(pick(entry, 'path'));
    const inside =
      path === undefined
        ? undefined
        : within(definition.folder, interpolate(path, definition.variables));
    const file = inside === undefined ? undefined : context.open(inside);
    if (!file) return [];
    return parseEnvFile(file.text).map(({ name, value, line }) => ({
      name,
      value: interpolate(value, definition.variables),
      source: { reader: READER, how: 'configured', file: file.path, line, column: 1 } as const,
    }));
  });
}
