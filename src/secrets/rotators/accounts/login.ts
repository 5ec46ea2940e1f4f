import type { SecretValue } from '../../model/index.ts';
import { TargetFault } from '../../rotation/rotator.ts';
import { type Turns, usersOf } from '../config.ts';
import type { PasswordRules } from '../password.ts';

/** What the rotator of any server with accounts reads of its configuration. */
export interface AccountsConfig extends Turns {
  readonly host: string;
  readonly port: number;
  readonly password: PasswordRules;
}

/** What a server is divided into. */
export interface Division<Config> {
  /** As people call it. */
  readonly called: string;
  /** As values call it. */
  readonly member: string;
  /** The one that values of a plan are for. */
  of(config: Config): string;
}

/** Who logs in where. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  /** The database, or what else the server is divided into. */
  readonly database: string;
}

export const placeOf = ({ host, port }: { host: string; port: number }): string =>
  `${host}:${port}`;

const HINT =
  'give one that has it, by `reeve secret put --json`: `username` and `password` of an administrator; of an account, `host`, `port` and what it logs in to as well';

/** @throws {TargetFault} `invalid` */
export function member(value: SecretValue, name: string): string {
  const text = value[name];
  if (text) return text;
  throw new TargetFault('invalid', `The value has no member \`${name}\``, HINT);
}

/** @throws {TargetFault} `invalid` */
export function portOf(value: SecretValue): number {
  const port = Number(member(value, 'port'));
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new TargetFault('invalid', 'The member `port` of the value is no port');
}

/** Values of a kind of server. */
export class Logins<Config extends AccountsConfig> {
  readonly #division: Division<Config>;

  constructor(division: Division<Config>) {
    this.#division = division;
  }

  /** Reads a value as its consumers do.
   *  @throws {TargetFault} `invalid` */
  read(value: SecretValue): Login {
    const port = portOf(value);
    return {
      username: member(value, 'username'),
      password: member(value, 'password'),
      host: member(value, 'host'),
      port,
      database: member(value, this.#division.member),
    };
  }

  write(config: Config, username: string, password: string): SecretValue {
    const { host, port } = config;
    const { member: name, of } = this.#division;
    return { username, password, host, port: String(port), [name]: of(config) };
  }

  /** An administrator logs in at the plan's place; its value says who it is, and no more. */
  admin(admin: SecretValue, config: Config): Login {
    const [username, password] = [member(admin, 'username'), member(admin, 'password')];
    const { host, port } = config;
    return { username, password, host, port, database: this.#division.of(config) };
  }

  /** Why a value does not belong to a plan; undefined: it does. Servers that answer at one place under several names are
   *  told apart by the name: nothing else of a value says which server it was for. */
  strangeness(login: Login, config: Config): string | undefined {
    const [had, has] = [placeOf(login), placeOf(config)];
    if (had !== has) return `it is for ${had}, and the plan is for ${has}`;
    const { called, of } = this.#division;
    if (login.database !== of(config)) {
      return `it is for the ${called} ${login.database}, and the plan is for ${of(config)}`;
    }
    if (!usersOf(config).includes(login.username)) {
      return `it is of ${login.username}, whom the plan does not name`;
    }
    return undefined;
  }
}
