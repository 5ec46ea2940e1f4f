/** Puts variables into a value: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`,
 *  `${NAME:+other}`, `$$` for a dollar. What is not known becomes `${NAME}`, so that readers of
 *  addresses see that something is missing.
 *  @see Compose Specification, Interpolation */
export function interpolate(text: string, variables: ReadonlyMap<string, string>): string {
  if (!text.includes('$')) return text;
  let result = text.replace(VARIABLE, (whole, ...groups: unknown[]) => {
    const [braced, operator, operand, plain] = groups as (string | undefined)[];
    if (whole === '$$') return '$';
    const name = braced ?? plain ?? '';
    const value = variables.get(name);
    const isSet = operator?.startsWith(':')
      ? value !== undefined && value !== ''
      : value !== undefined;
    if (operator?.endsWith('+')) return isSet ? (operand ?? '') : '';
    if (isSet) return value ?? '';
    return operator?.endsWith('-') ? (operand ?? '') : `\${${name}}`;
  });
  // A default may itself name a variable, once.
  if (result !== text && result.includes('${')) {
    result = result.replace(/\$\{(\w+)\}/g, (whole, name: string) => variables.get(name) ?? whole);
  }
  return result;
}

const VARIABLE = /\$\$|\$\{(\w{1,200})(?:(:?[-+?])((?:[^{}]|\$\{[^{}]*\})*))?\}|\$([A-Za-z_]\w*)/g;

/** One assignment of an env file. */
export interface EnvEntry {
  readonly name: string;
  readonly value: string;
  /** 1-based. */
  readonly line: number;
}

/** The assignments of an env file; comments, `export` and quotes are dropped, broken lines passed
 *  over. */
export function parseEnvFile(text: string): readonly EnvEntry[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const [, name, raw] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined || raw === undefined) return [];
    return [{ name, value: unquoted(raw.trim()), line: index + 1 }];
  });
}

function unquoted(value: string): string {
  const quoted = /^(["'])(.*)\1/.exec(value)?.[2];
  return quoted ?? value.replace(/\s#.*$/, '');
}
