import { hash } from 'node:crypto';
import type { z } from 'zod';
import type { SecretValue } from '../../model/index.ts';
import { type Rotator, type RotatorContext, TargetFault } from '../../rotation/index.ts';
import { drawPassword } from '../password.ts';
import { ANSWERS, readAnswer } from './answer.ts';
import { type WebhookReceivers, WebhookRotation } from './config.ts';
import { placeOf, post } from './post.ts';
import { keyOf, signed } from './signature.ts';

export { WebhookReceivers, WebhookRotation } from './config.ts';

type Context = RotatorContext<WebhookRotation>;

/** What is posted, as the receiver knows it. Questions are asked anew each time; of anything else, a second message of the
 *  same id is the first one again. */
const STEPS = {
  make: 'change',
  set: 'change',
  test: 'question',
  undo: 'change',
  finish: 'change',
  revoke: 'change',
  'is-refused': 'question',
  inspect: 'question',
} as const;
type StepName = keyof typeof STEPS;

/** Values that a message carries, beside its step. */
interface Carried {
  readonly value?: SecretValue | undefined;
  readonly current?: SecretValue | undefined;
}

/** Renews anything for which somebody has a receiver: each step is posted to it, signed as Standard Webhooks are. See
 *  docs/rotation-webhook.md.
 *  @param receivers origins that plans may name */
export function webhookRotator(receivers: WebhookReceivers): Rotator<WebhookRotation> {
  const origins = new Set(receivers.map((receiver) => new URL(receiver).origin));

  async function ask<Answer>(
    context: Context,
    step: StepName,
    carried: Carried,
    schema: z.ZodType<Answer>,
  ): Promise<Answer> {
    const { config, admin, now, signal } = context;
    const place = placeOf(config);
    if (!origins.has(place)) {
      throw new TargetFault(
        'invalid',
        `${place} is not among the receivers of webhooks that the configuration names`,
        'have it added to the configuration of the server',
      );
    }
    const body = bodyOf(context, step, carried);
    const message = { id: idOf(context, step), seconds: Math.floor(now / 1_000), body };
    const headers = signed(keyOf(admin), message);
    return readAnswer(place, await post(config, headers, body, signal), schema);
  }

  async function isRefused(context: Context, value: SecretValue): Promise<boolean> {
    return (await ask(context, 'is-refused', { value }, ANSWERS.asked)).refused;
  }
  async function revoke(context: Context, value: SecretValue): Promise<void> {
    await ask(context, 'revoke', { value }, ANSWERS.done);
  }

  return {
    kind: 'webhook',
    config: WebhookRotation,
    needsAdmin: true,
    target: ({ url }) => `webhook ${url}`,
    settleSeconds: ({ settleSeconds }) => settleSeconds,

    make({ config, random }) {
      return { ...config.members, value: drawPassword(config.password, random) };
    },
    async obtain(context, drawn) {
      if (!takes(context, 'make')) return drawn;
      const { value } = await ask(context, 'make', { current: context.current }, ANSWERS.made);
      return { ...context.config.members, ...value };
    },

    async set(context, value) {
      await ask(context, 'set', { value, current: context.current }, ANSWERS.done);
    },
    async test(context, value) {
      await ask(context, 'test', { value }, ANSWERS.done);
    },
    async undo(context, value) {
      if (!takes(context, 'undo')) return revoke(context, value);
      await ask(context, 'undo', { value, current: context.current }, ANSWERS.done);
    },
    async finish(context) {
      const { previous: value } = context;
      if (value === undefined) return;
      if (takes(context, 'finish')) await ask(context, 'finish', { value }, ANSWERS.done);
      else if (!(await isRefused(context, value))) await revoke(context, value);
    },
    revoke,
    isRefused,
    async inspect(context) {
      if (!takes(context, 'inspect')) return [];
      const { holds } = await ask(context, 'inspect', {}, ANSWERS.inspected);
      return [...holds].sort();
    },
  };
}

const takes = ({ config }: Context, step: WebhookRotation['steps'][number]): boolean =>
  config.steps.includes(step);

function bodyOf(context: Context, step: StepName, { value, current }: Carried): string {
  const { secret, token: run, version, now } = context;
  const carried = { value: value ?? null, current: current ?? null };
  return JSON.stringify({
    type: `rotation.${step}`,
    timestamp: new Date(now).toISOString(),
    data: { secret, run, version, step, ...carried },
  });
}

/** The same for the same step of a run, however often and by whichever process it is made. */
function idOf({ secret, token, version, now, random }: Context, step: StepName): string {
  const again = STEPS[step] === 'change' ? '' : `${now} ${random(8).toString('hex')}`;
  const named = hash('sha256', JSON.stringify([secret, token, version, step, again]));
  return `rotation_${named.slice(0, 32)}`;
}
