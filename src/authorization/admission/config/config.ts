import { z } from 'zod';
import { SEVERITIES } from '../../../estate/index.ts';
import { RULE_IDS } from '../../check/rule-ids.ts';

const From = z.enum([...SEVERITIES, 'never']);
const Namespace = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be a name of Kubernetes, like `shop`');
const RuleId = z.enum(RULE_IDS as readonly string[] as [string, ...string[]]);
const File = z.string().min(1).max(4_096);

/** What clusters ask before they take an object: a validating webhook. */
export const AdmissionConfig = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Whether API servers are answered'),
    host: z.string().min(1).max(255).default('127.0.0.1').describe('Address to listen at (HTTPS)'),
    port: z.int().min(0).max(65_535).default(7_443).describe('Port to listen at'),
    dnsNames: z
      .array(
        z
          .string()
          .max(253)
          .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/),
      )
      .max(16)
      .default([])
      .describe(
        'Names in its certificate, beside `reeve-admission.NAMESPACE.svc` and, on loopback, `localhost`',
      ),
    namespace: Namespace.default('reeve').describe(
      'Where Reeve runs: what is in it is never judged, so that Reeve cannot lock itself out',
    ),
    excludedNamespaces: z
      .array(Namespace)
      .max(1_000)
      .default(['kube-system'])
      .describe('Namespaces whose objects are never judged'),
    controllers: z
      .array(z.string().min(1).max(253))
      .max(100)
      .default([])
      .describe(
        'Users whose pods and other objects with a controller are left to that, beside Kubernetes itself: such as `system:serviceaccount:argo-rollouts:argo-rollouts`',
      ),
    mode: z
      .enum(['warn', 'deny'])
      .default('warn')
      .describe('`warn` lets everything through and says what is wrong; `deny` refuses it'),
    denyFrom: From.default('high').describe(
      'Least severity of what is refused where the mode is `deny`',
    ),
    warnFrom: From.default('low').describe(
      'Least severity of what is warned of; `info` tells of everything that is newly reached',
    ),
    rules: z
      .partialRecord(RuleId, From)
      .default({})
      .describe('Least severity of what is refused by one rule, such as `check/whole-namespace`'),
    sensitive: z
      .array(z.string().min(1).max(64))
      .max(64)
      .default(['pii', 'pci', 'phi'])
      .describe('Tags of data that no path may newly lead to'),
    maxBlast: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(10)
      .describe('How many more services one may newly reach, itself and through others'),
    timeoutSeconds: z
      .int()
      .min(1)
      .max(30)
      .default(10)
      .describe(
        'Longest that the API server waits; the answer comes half a second sooner at least',
      ),
    onTimeout: z
      .enum(['allow', 'deny'])
      .default('allow')
      .describe('What becomes of an object that cannot be judged, or not in time'),
    maxBodyBytes: z
      .int()
      .min(65_536)
      .max(64 * 1_048_576)
      .default(8 * 1_048_576)
      .describe('Largest review'),
    maxConnections: z.int().min(1).max(65_535).default(256).describe('Connections at once'),
    maxWaiting: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe(
        'Reviews that wait to be judged; what comes beyond is answered as `onTimeout` says',
      ),
    clientAuthorityFile: File.optional().describe(
      'PEM: the authorities of client certificates; API servers must show one of theirs',
    ),
    tokenFile: File.optional().describe(
      'File of a token that API servers must send (`Authorization: Bearer`)',
    ),
    keepWebhook: z
      .string()
      .max(253)
      .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/)
      .optional()
      .describe(
        'Name of the ValidatingWebhookConfiguration whose caBundle is kept up to date; needs the right to patch it',
      ),
  })
  .superRefine((config, context) => {
    if (isOwnMachine(config.host)) return;
    if (config.clientAuthorityFile !== undefined || config.tokenFile !== undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['host'],
      message: `${config.host} can be reached from other machines: set clientAuthorityFile or tokenFile`,
    });
  });
export type AdmissionConfig = z.infer<typeof AdmissionConfig>;

function isOwnMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.[\d.]+$/.test(host);
}
