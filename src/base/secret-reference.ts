import { Fault, quote } from './fault.ts';
import { readPrivateFile } from './private-file.ts';

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a token, a PIN or the like is: exactly one is given. */
export interface SecretReference {
  readonly file?: string | undefined;
  readonly variable?: string | undefined;
}

/** The text of a variable.
 *  @param code what faults begin with: `vault/kek`
 *  @throws {Fault} `CODE-not-found` */
export function readVariable(name: string, environment: Environment, code: string): string {
  const text = environment[name]?.trim();
  if (text !== undefined && text !== '') return text;
  throw new Fault(`${code}-not-found`, `The environment variable ${quote(name, 200)} is not set`);
}

/** What is referred to, in printable ASCII, read anew each time, so that something else may renew it. Never quoted.
 *  @param what `a token`
 *  @param code what faults begin with: `vault/kek`
 *  @throws {Fault} `CODE-not-found`, `CODE-exposed`, `CODE-malformed` */
export function readReference(
  { file, variable }: SecretReference,
  environment: Environment,
  what: string,
  code: string,
): string {
  const text =
    file === undefined
      ? readVariable(variable ?? '', environment, code)
      : readPrivateFile(file, code);
  if (/^[\x20-\x7e]{1,8192}$/.test(text)) return text;
  throw new Fault(`${code}-malformed`, `${quote(file ?? variable, 200)} does not hold ${what}`, {
    hint: 'write it, and nothing else, there',
  });
}
