import { Fault } from '../../base/fault.ts';
import { isTlsOrLoopback } from '../../base/loopback.ts';
import {
  type Environment,
  readReference,
  type SecretReference,
} from '../../base/secret-reference.ts';
import { signedHeaders, WEBHOOK_KEY_WORDS, webhookKey } from '../../base/webhook-signature.ts';
import type { NotifyTarget, TargetOf } from './config.ts';
import { toCef } from './formats/cef.ts';
import { toOcsf } from './formats/ocsf.ts';
import { toPagerDuty } from './formats/pagerduty.ts';
import { toReeve } from './formats/reeve.ts';
import { toSlack } from './formats/slack.ts';
import { toSyslogMessage } from './formats/syslog.ts';
import type { FormatContext, Message } from './message.ts';
import { appendLine } from './send/file.ts';
import { post } from './send/http.ts';
import { later, type Outcome } from './send/outcome.ts';
import { sendSyslog } from './send/syslog.ts';
import { severityOf } from './words.ts';

/** One attempt to send a message. */
export interface Sending {
  readonly message: Message;
  readonly context: FormatContext;
  readonly environment: Environment;
  /** The server ends. */
  readonly stop: AbortSignal;
}

type Send<Kind extends NotifyTarget['kind']> = (
  target: TargetOf<Kind>,
  sending: Sending,
) => Promise<Outcome>;

/** Every kind of target. */
const SENDERS: { readonly [Kind in NotifyTarget['kind']]: Send<Kind> } = {
  webhook: async (target, sending) => {
    const body = JSON.stringify(bodyOf(target.format, sending));
    const { context, stop, environment } = sending;
    const { timeoutSeconds, caFile } = target;
    const headers = { ...headersOf(target, environment), ...signatureOf(target, sending, body) };
    const url = new URL(target.url);
    // the id of the message is the same each time, by which a receiver knows it again
    return post(
      { url, headers: { 'webhook-id': context.id, ...headers }, body, timeoutSeconds, caFile },
      stop,
    );
  },

  slack: async ({ url, timeoutSeconds, caFile }, { message, context, environment, stop }) => {
    const body = JSON.stringify(toSlack(message, context));
    const address = addressIn(readSecret(url, environment, 'the address of a webhook'));
    return post({ url: address, headers: {}, body, timeoutSeconds, caFile }, stop);
  },

  pagerduty: async (target, { message, context, environment, stop }) => {
    const { timeoutSeconds, caFile } = target;
    const key = readSecret(target.routingKey, environment, 'an integration key');
    const body = JSON.stringify(toPagerDuty(message, key, context));
    return post({ url: new URL(target.url), headers: {}, body, timeoutSeconds, caFile }, stop);
  },

  syslog: async (target, { message, context, stop }) => {
    const { facility, maxBytes } = target;
    const text = toCef(message, context);
    const severity = severityOf(message);
    const { now, host } = context;
    const bytes = toSyslogMessage({ facility, severity, now, host, text, maxBytes });
    return sendSyslog(target, bytes, stop);
  },

  file: async ({ path, format, maxBytes }, sending) =>
    appendLine(path, JSON.stringify(bodyOf(format, sending)), maxBytes),
};

/** Sends a message to a target. What its own settings refer to and is not there is tried again, too. */
export async function send(target: NotifyTarget, sending: Sending): Promise<Outcome> {
  try {
    // the table has for each kind what takes targets of that kind
    return await (SENDERS[target.kind] as Send<NotifyTarget['kind']>)(target, sending);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return later(thrown.hint === undefined ? thrown.message : `${thrown.message}; ${thrown.hint}`);
  }
}

const bodyOf = (format: 'reeve' | 'ocsf', { message, context }: Sending): object =>
  format === 'ocsf' ? toOcsf(message, context) : toReeve(message, context);

const readSecret = (reference: SecretReference, environment: Environment, what: string): string =>
  readReference(reference, environment, what, 'notify/secret');

function headersOf(
  { headers }: TargetOf<'webhook'>,
  environment: Environment,
): Readonly<Record<string, string>> {
  const read = Object.entries(headers).map(([name, reference]) => [
    name,
    readSecret(reference, environment, 'the value of a header'),
  ]);
  return Object.fromEntries(read);
}

function signatureOf(
  { secret }: TargetOf<'webhook'>,
  { context: { id, now }, environment }: Sending,
  body: string,
): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const key = webhookKey(readSecret(secret, environment, 'a secret'));
  if (key) return signedHeaders(key, { id, seconds: Math.floor(now / 1_000), body });
  throw new Fault('notify/secret-malformed', 'The secret that signs messages is none', {
    hint: `write ${WEBHOOK_KEY_WORDS}`,
  });
}

/** Nothing of it is told: it is a secret. */
function addressIn(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && isTlsOrLoopback(text)) return url;
  throw new Fault('notify/secret-malformed', 'What should be the address of a webhook is none', {
    hint: 'write the https address, and nothing else, there',
  });
}
