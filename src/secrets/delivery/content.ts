import { quote } from '../../base/fault.ts';
import type { FileTarget, KubernetesTarget, KvTarget, SecretValue } from '../model/index.ts';
import { TargetFault } from '../rotation/rotator.ts';
import { render } from './template.ts';

/** Texts by the key that they are stored under. */
export type Content = Readonly<Record<string, string>>;

const KEY = /^(?!\.{1,2}$)[-._a-zA-Z0-9]{1,253}$/;
/** What etcd and KV engines take of one entry. */
const MOST_BYTES = 1_000_000;
/** Keys that a type of Secret has to have.
 *  @see https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const NEEDED: Readonly<Record<KubernetesTarget['type'], readonly string[]>> = {
  Opaque: [],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/basic-auth': ['username', 'password'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

/** What is stored at a target of a value.
 *  @throws {TargetFault} `invalid` */
export function contentOf(target: KubernetesTarget | KvTarget, value: SecretValue): Content {
  const content = bounded(target.data ? rendered(target.data, value) : plain(target, value));
  if (target.kind === 'kv') return content;
  const missing = NEEDED[target.type].find((key) => !Object.hasOwn(content, key));
  if (missing === undefined) return content;
  const why = `A Secret of type ${target.type} needs the key \`${missing}\``;
  throw new TargetFault('invalid', why, 'say in `data` what stands there');
}

/** The text of a file.
 *  @throws {TargetFault} `invalid` */
export function fileTextOf({ content }: FileTarget, value: SecretValue): string {
  if (content !== undefined) return render(content, value);
  const members = Object.values(value);
  if (members.length === 1) return members[0] ?? '';
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function rendered(templates: Content, value: SecretValue): Content {
  return Object.fromEntries(
    Object.entries(templates).map(([key, template]) => [key, render(template, value)]),
  );
}

function plain(target: KubernetesTarget | KvTarget, value: SecretValue): Content {
  if (target.kind === 'kubernetes' && target.type === 'kubernetes.io/dockerconfigjson') {
    return { '.dockerconfigjson': dockerConfig(target, value) };
  }
  const odd = Object.keys(value).find((key) => !KEY.test(key));
  if (odd === undefined) return { ...value };
  const why = `The member ${quote(odd)} of the value cannot be a key`;
  throw new TargetFault('invalid', why, 'say in `data` under which keys members are stored');
}

function dockerConfig({ registry }: KubernetesTarget, value: SecretValue): string {
  const { username, password } = value;
  if (registry === undefined || username === undefined || password === undefined) {
    const why = 'A Secret of type kubernetes.io/dockerconfigjson needs a registry';
    const hint = 'name it in `registry`; the value has to have `username` and `password`';
    throw new TargetFault('invalid', why, hint);
  }
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return JSON.stringify({ auths: { [registry]: { username, password, auth } } });
}

function bounded(content: Content): Content {
  const bytes = Object.entries(content).reduce(
    (sum, [key, text]) => sum + key.length + Buffer.byteLength(text),
    0,
  );
  if (bytes <= MOST_BYTES) return content;
  throw new TargetFault('invalid', `What is delivered has more than ${MOST_BYTES} bytes`);
}

/** By key, in one order whatever it came in. */
export const sorted = <T>(fields: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
