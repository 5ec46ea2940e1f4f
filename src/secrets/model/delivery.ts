import { z } from 'zod';
import { kvShape } from './kv.ts';

/** A DNS label, and a DNS name (RFC 1123), as Kubernetes takes names. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const KEY = /^(?!\.{1,2}$)[-._a-zA-Z0-9]+$/;
const MOST_KEYS = 64;

const Template = z
  .string()
  .max(8_192)
  .describe(
    'Text with members of the value: `postgres://{username}:{password:uri}@{host}:{port}/{database}`. Behind a colon, how ' +
      'it is written: `uri`, `base64`, `json`. `{{` and `}}` are braces',
  );

/** Templates by the key that their text is stored under. */
const Data = z
  .record(z.string().min(1).max(253).regex(KEY), Template)
  .refine((data) => Object.keys(data).length <= MOST_KEYS, `at most ${MOST_KEYS} keys`)
  .optional()
  .describe('Else each member of the value under its own name');

const takeOver = z
  .boolean()
  .default(false)
  .describe('Whether what somebody else made or edited there is replaced; else a person is asked');

const KubernetesTarget = z.strictObject({
  kind: z.literal('kubernetes').describe('A Secret of a cluster that Reeve follows'),
  cluster: z.string().min(1).max(200).describe('Its name in `clusters`'),
  namespace: z.string().regex(LABEL),
  name: z.string().max(253).regex(NAME),
  type: z
    .enum([
      'Opaque',
      'kubernetes.io/tls',
      'kubernetes.io/basic-auth',
      'kubernetes.io/ssh-auth',
      'kubernetes.io/dockerconfigjson',
    ])
    .default('Opaque'),
  registry: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .describe('Of `dockerconfigjson`: `https://index.docker.io/v1/`'),
  data: Data,
  takeOver,
  restart: z
    .enum(['all', 'fixed', 'none'])
    .default('all')
    .describe(
      'Which workloads that use the Secret have their pods replaced: all; those whose pods see the value as it was when ' +
        'they began (variables, `subPath`), while the kubelet brings it to the rest; or none',
    ),
  spare: z
    .array(z.string().regex(/^(Deployment|StatefulSet|DaemonSet)\/[a-z0-9.-]{1,253}$/))
    .max(100)
    .default([])
    .describe('Workloads that are never restarted for it: `StatefulSet/queue`'),
  rolloutSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(600)
    .describe('How long the pods of one workload may take until all are new and available'),
});

const KvTarget = z.strictObject({
  kind: z.literal('kv').describe('A path of a KV engine, version 2, of OpenBao or Vault'),
  ...kvShape,
  admin: z
    .string()
    .max(600)
    .nullable()
    .default(null)
    .describe('Id of the secret that Reeve logs in with'),
  data: Data,
  takeOver,
});

const FileTarget = z.strictObject({
  kind: z.literal('file').describe('A file of the host that Reeve runs on'),
  path: z
    .string()
    .max(1_024)
    .regex(/^\/(?!.*(^|\/)\.\.?(\/|$))[^\p{Cc}]+$/u)
    .refine((path) => !path.endsWith('/'), 'must be a file')
    .describe('Within a folder that the configuration of Reeve allows'),
  content: Template.optional().describe('Else the value’s one member, or all of them as JSON'),
  mode: z
    .string()
    .regex(/^0[46][04]0$/)
    .default('0600')
    .describe('Nobody but the owner writes it, and nobody but the group reads it besides'),
  owner: z
    .strictObject({ user: z.int().min(0), group: z.int().min(0) })
    .optional()
    .describe('By their numbers; else who runs Reeve'),
  reload: z
    .string()
    .max(200)
    .optional()
    .describe('Who is told of a new value: a name in the configuration of Reeve'),
  takeOver,
});

/** Where the current value of a secret is brought, for who does not ask Reeve for it. */
export const DeliveryTarget = z.discriminatedUnion('kind', [
  KubernetesTarget,
  KvTarget,
  FileTarget,
]);
export type DeliveryTarget = z.infer<typeof DeliveryTarget>;
/** Where a target is, in a few words for the audit log, without any value. */
export function toPlace(target: DeliveryTarget): string {
  switch (target.kind) {
    case 'kubernetes':
      return `kubernetes ${target.cluster}/${target.namespace}/${target.name}`;
    case 'kv':
      return `kv ${new URL(target.url).host}/${[target.namespace ?? [], target.mount, target.path].flat().join('/')}`;
    case 'file':
      return `file ${target.path}`;
  }
}
export type KubernetesTarget = z.infer<typeof KubernetesTarget>;
export type KvTarget = z.infer<typeof KvTarget>;
export type FileTarget = z.infer<typeof FileTarget>;
