import { z } from 'zod';
import { isTlsOrLoopback } from '../../base/loopback.ts';
import { Severity } from '../../estate/index.ts';

const perMinute = (fallback: number) =>
  z
    .int()
    .min(1)
    .max(6_000)
    .default(fallback)
    .describe('Messages a minute; what is over is told in one message, with counts');
const seconds = (most: number, fallback: number) => z.int().min(1).max(most).default(fallback);

const file = z.string().min(1).max(4_096);
const reference = (what: string) =>
  z
    .strictObject({
      file: file.optional().describe(`File of mode 0600 that holds ${what}`),
      variable: z
        .string()
        .regex(/^[A-Za-z_]\w*$/)
        .max(200)
        .optional()
        .describe('Or environment variable'),
    })
    .refine((given) => (given.file === undefined) !== (given.variable === undefined), {
      message: 'give either file or variable',
    });

/** Whether an address has nothing that could be a secret. */
function isPlain(text: string): boolean {
  const url = URL.parse(text);
  return url === null || url.username + url.password + url.search + url.hash === '';
}

const address = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .refine(isTlsOrLoopback, 'must be https, unless it is on this machine')
  .refine(isPlain, 'must have neither a user, a query nor a fragment');

const caFile = file.optional().describe("PEM to trust in place of the system's");

/** What every target has. */
const common = {
  name: z
    .string()
    .max(63)
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'must read like `on-call` or `siem.eu`')
    .describe('Its name, in the status and in metrics'),
  minSeverity: Severity.default('medium').describe('What is less severe is not told'),
  perMinute: perMinute(20),
  retryMinutes: z
    .int()
    .min(1)
    .max(1_440)
    .default(60)
    .describe('How long a message is tried that the target does not take'),
  timeoutSeconds: seconds(60, 10).describe('Longest that one attempt may take'),
};

const headers = z
  .record(
    z
      .string()
      .max(100)
      .regex(/^[A-Za-z][\w-]*$/, 'must read like `Authorization`')
      .refine(
        (name) =>
          !/^(?:host|content-.*|transfer-encoding|connection|webhook-.*|user-agent)$/i.test(name),
        'is set by Reeve',
      ),
    reference('its value'),
  )
  .refine((given) => Object.keys(given).length <= 10, 'has more than 10 headers')
  .default({})
  .describe('Headers that the target asks for, such as `Authorization`; values by reference');

const WebhookTarget = z.strictObject({
  ...common,
  kind: z.literal('webhook').describe('JSON to an address of your own'),
  url: address.describe('Where it is posted to. What is secret of it goes into `headers`'),
  format: z
    .enum(['reeve', 'ocsf'])
    .default('reeve')
    .describe('`ocsf`: as Detection Finding of the Open Cybersecurity Schema Framework'),
  secret: reference('the secret')
    .optional()
    .describe('Signs each message: `whsec_` and 24 to 64 random bytes in base64'),
  headers,
  caFile,
});

const SlackTarget = z.strictObject({
  ...common,
  kind: z.literal('slack').describe('An incoming webhook of Slack, or of what takes the same'),
  url: reference('its address').describe('Its address, which is a secret'),
  caFile,
});

const PagerDutyTarget = z.strictObject({
  ...common,
  kind: z.literal('pagerduty').describe('Events API v2 of PagerDuty'),
  routingKey: reference('the integration key').describe('Integration key of the service'),
  url: address
    .default('https://events.pagerduty.com/v2/enqueue')
    .describe('In the EU `https://events.eu.pagerduty.com/v2/enqueue`'),
  caFile,
});

const SyslogTarget = z.strictObject({
  ...common,
  perMinute: perMinute(600),
  kind: z.literal('syslog').describe('CEF in messages of syslog (RFC 5424)'),
  host: z
    .string()
    .max(253)
    .regex(/^[\w.:-]+$/)
    .describe('Name or address'),
  port: z.int().min(1).max(65_535).default(6_514).describe('Its port'),
  protocol: z
    .enum(['tls', 'tcp', 'udp'])
    .default('tls')
    .describe('`tcp` and `udp`: others on the way may read and forge it'),
  framing: z
    .enum(['octet-counting', 'newline'])
    .default('octet-counting')
    .describe('Of `tcp` and `tls`: what ends a message (RFC 6587)'),
  facility: z.int().min(0).max(23).default(10).describe('10 is security (RFC 5424, table 1)'),
  maxBytes: z
    .int()
    .min(480)
    .max(65_507)
    .default(8_192)
    .describe('Longest message; what is longer is cut. Over `udp` some take no more than 2,048'),
  serverName: z
    .string()
    .max(253)
    .optional()
    .describe('Name in its certificate, where not that of `host`'),
  caFile,
});

const FileTarget = z.strictObject({
  ...common,
  perMinute: perMinute(600),
  kind: z.literal('file').describe('Lines of JSON in a file that something else collects'),
  path: file.describe(
    'The file, which is made where it is missing, with mode 0600; `/dev/stdout` is standard output',
  ),
  format: z.enum(['ocsf', 'reeve']).default('ocsf').describe('As with `webhook`'),
  maxBytes: z
    .int()
    .min(1_048_576)
    .max(1_073_741_824)
    .default(67_108_864)
    .describe('A file that is longer is put aside as `PATH.1` first, in place of the one there'),
});

export const NotifyTarget = z.discriminatedUnion('kind', [
  WebhookTarget,
  SlackTarget,
  PagerDutyTarget,
  SyslogTarget,
  FileTarget,
]);
export type NotifyTarget = z.infer<typeof NotifyTarget>;
export type TargetOf<Kind extends NotifyTarget['kind']> = Extract<NotifyTarget, { kind: Kind }>;

/** Who is told of incidents. */
export const NotifyConfig = z.strictObject({
  consoleUrl: address
    .optional()
    .describe('Where people reach the console, for links in messages; else messages have none'),
  targets: z
    .array(NotifyTarget)
    .max(20)
    .default([])
    .superRefine((targets, context) => {
      targets.forEach(({ name }, index) => {
        if (targets.findIndex((one) => one.name === name) === index) return;
        const message = `another target is called ${name}`;
        context.addIssue({ code: 'custom', path: [index, 'name'], message });
      });
    })
    .describe('Nothing else is called'),
});
export type NotifyConfig = z.infer<typeof NotifyConfig>;
