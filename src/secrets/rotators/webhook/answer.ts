import { z } from 'zod';
import { TargetFault, type TargetTrouble } from '../../rotation/index.ts';

/** Members of a value that a receiver makes. */
const Value = z
  .record(z.string().regex(/^[A-Za-z][\w-]{0,63}$/), z.string().max(65_536))
  .refine((value) => {
    const { length } = Object.keys(value);
    return length >= 1 && length <= 32;
  });

/** What a step that was done answers, beside `ok`. */
export const ANSWERS = {
  done: z.strictObject({ ok: z.literal(true) }),
  made: z.strictObject({ ok: z.literal(true), value: Value }),
  asked: z.strictObject({ ok: z.literal(true), refused: z.boolean() }),
  inspected: z.strictObject({
    ok: z.literal(true),
    holds: z.array(z.string().min(1).max(500)).max(500),
  }),
} as const;

const Trouble = z.strictObject({
  ok: z.literal(false),
  trouble: z.enum(['unreachable', 'refused', 'denied', 'changed', 'invalid']),
});

const SAID: Readonly<Record<TargetTrouble, readonly [why: string, hint?: string]>> = {
  unreachable: ['cannot reach its target now'],
  refused: ['says that its target does not take the value'],
  denied: ['says that it may not change its target', 'look at what the receiver logs in with'],
  changed: ['says that its target was changed by others', 'look at the target'],
  invalid: ['says that this cannot be done', 'look at the log of the receiver'],
};

/** What a status says that is no answer to the step; all others mean that the receiver has a fault. */
const STATUSES: Readonly<Record<number, readonly [TargetTrouble, why: string, hint: string]>> = {
  401: ['denied', 'does not take the signature', 'give both sides the same secret, and the time'],
  403: ['denied', 'does not take the signature', 'give both sides the same secret, and the time'],
  404: ['invalid', 'is not there', 'set `url` right in the plan'],
  405: ['invalid', 'takes no POST', 'set `url` right in the plan'],
  408: ['unreachable', 'was too slow', 'see whether it is overloaded'],
  410: ['invalid', 'is gone', 'set `url` right in the plan'],
  425: ['unreachable', 'wants it sent again', 'see whether it is overloaded'],
  429: ['unreachable', 'has too much to do', 'see whether it is overloaded'],
};

/** Reads what a receiver answered. Nothing of its text enters a fault: it may be a value.
 *  @throws {TargetFault} */
export function readAnswer<Answer>(
  place: string,
  { status, body }: { readonly status: number; readonly body: string },
  schema: z.ZodType<Answer>,
): Answer {
  if (status !== 200) throw faultOf(place, status);
  const data = parsed(body);
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  const trouble = Trouble.safeParse(data).data?.trouble;
  if (trouble === undefined) {
    const why = `${place} answered something that is no answer to this step`;
    throw new TargetFault('invalid', why, 'see what docs/rotation-webhook.md wants of it');
  }
  const [why, hint] = SAID[trouble];
  throw new TargetFault(trouble, `${place} ${why}`, hint);
}

function faultOf(place: string, status: number): TargetFault {
  const [trouble, why, hint] = STATUSES[status] ?? [];
  if (trouble !== undefined) return new TargetFault(trouble, `${place} ${why} (${status})`, hint);
  if (status >= 500) return new TargetFault('unreachable', `${place} has a fault (${status})`);
  if (status >= 300 && status < 400) {
    const why = `${place} sends elsewhere (${status}), and is not followed`;
    return new TargetFault('invalid', why, 'name the address itself in the plan');
  }
  return new TargetFault(
    'invalid',
    `${place} answered ${status}`,
    'look at the log of the receiver',
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
