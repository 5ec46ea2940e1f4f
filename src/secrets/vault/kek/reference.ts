import { readPrivateFile as readPrivate } from '../../../base/private-file.ts';
import {
  type Environment,
  readReference as readFrom,
  readVariable as readNamed,
  type SecretReference,
} from '../../../base/secret-reference.ts';

export type { Environment, SecretReference } from '../../../base/secret-reference.ts';

const CODE = 'vault/kek';

/** The text of a variable.
 *  @throws {Fault} `vault/kek-not-found` */
export const readVariable = (name: string, environment: Environment): string =>
  readNamed(name, environment, CODE);

/** The text of a small file that nobody may read but its owner, or the group of one that belongs to somebody else.
 *  @param user who runs this process
 *  @throws {Fault} `vault/kek-not-found`, `vault/kek-exposed`, `vault/kek-malformed` */
export const readPrivateFile = (file: string, user?: number): string =>
  readPrivate(file, CODE, user);

/** A token or PIN in printable ASCII, read anew each time. Never quoted.
 *  @param what `a token`
 *  @throws {Fault} `vault/kek-not-found`, `vault/kek-exposed`, `vault/kek-malformed` */
export const readReference = (
  reference: SecretReference,
  environment: Environment,
  what: string,
): string => readFrom(reference, environment, what, CODE);
