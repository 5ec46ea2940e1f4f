import { inspect } from 'node:util';

/** A secret's value: texts by name, such as `username` and `password`, or `value` alone. */
export type SecretValue = Readonly<Record<string, string>>;

/** What is known of a secret besides its value. */
export interface SecretDetails {
  readonly name: string;
  /** The id of the service that it belongs to and its name, as the audit log has it. */
  readonly id: string;
  readonly version: number;
  /** When the value ends by itself; undefined: it does not. */
  readonly expiresAt: Date | undefined;
  /** The version before, while it may still be in use. */
  readonly previous: PreviousSecret | undefined;
}

export interface PreviousSecret {
  readonly version: number;
  /** Undefined: it is not known yet. */
  readonly validUntil: Date | undefined;
}

const HIDDEN = '[hidden]';

/** One version of a secret. It does not change: the next version is another one.
 *
 *  Printed, logged or made JSON of, it and its `value` show no value: only the texts themselves do. */
export class Secret implements SecretDetails {
  readonly name: string;
  readonly id: string;
  readonly version: number;
  readonly expiresAt: Date | undefined;
  readonly previous: PreviousSecret | undefined;
  readonly #value: SecretValue;

  constructor(details: SecretDetails, value: SecretValue) {
    this.name = details.name;
    this.id = details.id;
    this.version = details.version;
    this.expiresAt = details.expiresAt;
    this.previous = details.previous;
    this.#value = hidden(value);
  }

  get value(): SecretValue {
    return this.#value;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const { name, id, version, expiresAt, previous } = this;
    return { name, id, version, expiresAt, previous, value: HIDDEN };
  }

  [inspect.custom](): string {
    return `Secret ${inspect(this.toJSON())}`;
  }
}

/** The same texts, in an object that shows none of them unless it is asked for one. */
function hidden(value: SecretValue): SecretValue {
  const copy: Record<string, string> = Object.assign(Object.create(null), value);
  const show = { value: () => HIDDEN };
  Object.defineProperties(copy, { toJSON: show, [inspect.custom]: show });
  return Object.freeze(copy);
}
