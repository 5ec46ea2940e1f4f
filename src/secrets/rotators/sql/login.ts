import type { SecretValue } from '../../model/index.ts';
import { TargetFault } from '../../rotation/rotator.ts';
import { type SqlConfig, usersOf } from './config.ts';

/** Who logs in where. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

export const placeOf = ({ host, port }: { host: string; port: number }): string =>
  `${host}:${port}`;

function member(value: SecretValue, name: string): string {
  const text = value[name];
  if (text) return text;
  throw new TargetFault('invalid', `The value has no member \`${name}\``);
}

/** Reads a value as its consumers do.
 *  @throws {TargetFault} `invalid` */
export function loginOf(value: SecretValue): Login {
  const port = Number(member(value, 'port'));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TargetFault('invalid', 'The member `port` of the value is no port');
  }
  return {
    username: member(value, 'username'),
    password: member(value, 'password'),
    host: member(value, 'host'),
    port,
    database: member(value, 'database'),
  };
}

export function toValue(login: Login): SecretValue {
  return { ...login, port: String(login.port) };
}

/** An administrator logs in at the plan's place; its value says who it is, and no more. */
export function adminOf(admin: SecretValue, { host, port, database }: SqlConfig): Login {
  const [username, password] = [member(admin, 'username'), member(admin, 'password')];
  return { username, password, host, port, database };
}

/** Why a value does not belong to a plan; undefined: it does. Database servers that answer at one place under several
 *  names are told apart by the name: nothing else of a value says which server it was for. */
export function strangeness(login: Login, config: SqlConfig): string | undefined {
  const [had, has] = [placeOf(login), placeOf(config)];
  if (had !== has) return `it is for ${had}, and the plan is for ${has}`;
  if (login.database !== config.database) {
    return `it is for the database ${login.database}, and the plan is for ${config.database}`;
  }
  if (!usersOf(config).includes(login.username)) {
    return `it is of ${login.username}, whom the plan does not name`;
  }
  return undefined;
}
