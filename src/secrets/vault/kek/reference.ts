import { quote } from '../../../base/fault.ts';
import { kekMalformed, kekNotFound } from './faults.ts';
import { readPrivateFile } from './private-file.ts';

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a token or a PIN is: exactly one is given. */
export interface SecretReference {
  readonly file?: string | undefined;
  readonly variable?: string | undefined;
}

/** The text of a variable.
 *  @throws {Fault} `vault/kek-not-found` */
export function readVariable(name: string, environment: Environment): string {
  const text = environment[name]?.trim();
  if (text !== undefined && text !== '') return text;
  throw kekNotFound(`The environment variable ${quote(name, 200)} is not set`);
}

/** A token or PIN in printable ASCII, read anew each time, so that something else may renew it. Never quoted.
 *  @param what `a token`
 *  @throws {Fault} `vault/kek-not-found`, `vault/kek-exposed`, `vault/kek-malformed` */
export function readReference(
  { file, variable }: SecretReference,
  environment: Environment,
  what: string,
): string {
  const text =
    file === undefined ? readVariable(variable ?? '', environment) : readPrivateFile(file);
  if (/^[\x20-\x7e]{1,8192}$/.test(text)) return text;
  throw kekMalformed(
    `${quote(file ?? variable, 200)} does not hold ${what}`,
    'write it, and nothing else, there',
  );
}
