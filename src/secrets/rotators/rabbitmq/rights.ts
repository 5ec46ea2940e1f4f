import { isFields, listAt, numberAt, textAt } from '../../../base/pick.ts';

/** What a user may do in a virtual host, or send and read through one of its exchanges, by regular expressions. */
export interface Right {
  readonly vhost: string;
  /** Undefined: in the whole virtual host. */
  readonly exchange: string | undefined;
  readonly configure: string | undefined;
  readonly write: string;
  readonly read: string;
}

/** Reads an answer of `permissions` or `topic-permissions`. */
export function readRights(answer: unknown): Right[] {
  return listAt(answer).flatMap((one) => {
    const vhost = textAt(one, 'vhost');
    if (vhost === undefined) return [];
    const right = { vhost, exchange: textAt(one, 'exchange'), configure: textAt(one, 'configure') };
    return [{ ...right, write: textAt(one, 'write') ?? '', read: textAt(one, 'read') ?? '' }];
  });
}

/** Reads an answer of `user-limits`: of connections and channels. */
export function readLimits(answer: unknown): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const one of listAt(answer)) {
    const value = isFields(one) && isFields(one.value) ? one.value : {};
    for (const name of Object.keys(value)) {
      const most = numberAt(value, name);
      if (most !== undefined) limits.set(name, most);
    }
  }
  return limits;
}

/** Tags of an answer of `users` or `whoami`: a list, or, before RabbitMQ 3.9, a text. */
export function readTags(answer: unknown): string[] {
  const text = textAt(answer, 'tags');
  const tags = text === undefined ? listAt(answer, 'tags').map(String) : text.split(',');
  return tags.map((tag) => tag.trim()).filter((tag) => tag !== '');
}

const keyOf = ({ vhost, exchange }: Right): string => JSON.stringify([vhost, exchange ?? null]);
const equals = (one: Right, other: Right): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What has to change for one to have the rights of another. Topics of a virtual host can only be taken away all at once,
 *  and are then given again. */
export function difference(
  wanted: readonly Right[],
  had: readonly Right[],
): { readonly gone: readonly Right[]; readonly set: readonly Right[] } {
  const keys = new Set(wanted.map(keyOf));
  const gone = had.filter((right) => !keys.has(keyOf(right)));
  const cleared = new Set(
    gone.filter(({ exchange }) => exchange !== undefined).map(({ vhost }) => vhost),
  );
  const set = wanted.filter(
    (right) =>
      (right.exchange !== undefined && cleared.has(right.vhost)) ||
      !had.some((one) => equals(one, right)),
  );
  return { gone, set };
}

/** A right in a few words. */
export function tellRight({ vhost, exchange, configure, write, read }: Right): string {
  const where = exchange === undefined ? `in ${vhost}` : `by topic in ${vhost} at ${exchange}`;
  const first = configure === undefined ? '' : `configure "${configure}" `;
  return `${where}: ${first}write "${write}" read "${read}"`;
}
