import type { Login } from './login.ts';

/** What a rotator asks of a database server. Each call makes connections of its own and ends them, and may be made again
 *  after it was cut off anywhere.
 *  @throws {TargetFault} from every method */
export interface Accounts {
  /** Whether the server lets it in, by the value alone. An answer that is neither yes nor no is a fault. */
  takes(login: Login): Promise<boolean>;
  /** Works as a consumer does, and proves who it is taken for. */
  prove(login: Login): Promise<void>;
  /** Makes an account take a password, in one last change that all before it leads to. */
  give(change: Gift): Promise<void>;
  /** Takes an account's password away and, where `by` may do so, its right to log in. Safe where there is no such
   *  account. */
  lock(change: Change & { readonly isKeptOpen: boolean }): Promise<void>;
  /** Ends the sessions of an account, those of this call apart. */
  endSessions(change: Change): Promise<void>;
  countSessions(change: Change): Promise<number>;
  /** What an account may do, sorted. */
  inspect(change: Change): Promise<readonly string[]>;
}

export interface Change {
  /** Who makes the change: an administrator, or the account itself. */
  readonly by: Login;
  readonly user: string;
}

export interface Gift extends Change {
  readonly password: string;
  /** The account whose rights it is to have, neither less nor more; it is made where there is none. Undefined: only the
   *  password is changed, and the account must be there. */
  readonly like: string | undefined;
  /** Whether it may log in from now on, though it was locked: a value that nobody has yet is to be used. */
  readonly opens: boolean;
}
