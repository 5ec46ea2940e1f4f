import { WEBHOOK_NAME, webhookManifests } from '../../authorization/admission/index.ts';
import { Fault, quote } from '../../base/fault.ts';
import { askPem, type ServerFlags } from '../client.ts';
import { writeOutput } from '../output.ts';
import { wrap } from '../terminal.ts';

export interface ManifestsFlags extends ServerFlags {
  readonly name: string;
  readonly namespace: string;
  readonly exclude: readonly string[];
  readonly url?: string;
  readonly cluster?: string;
  /** `false`: it is left out, for Reeve to write. */
  readonly caBundle: boolean;
  readonly timeout: number;
  readonly mode: 'warn' | 'deny';
  readonly fail: boolean;
  readonly output?: string;
}

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Prints what registers the webhook with an API server. The caBundle is asked of the running server.
 *  @throws {Fault} `admission/name-malformed`, `admission/url-malformed`, and what asking the server throws */
export async function manifests(flags: ManifestsFlags): Promise<void> {
  const { name, namespace, exclude, url, cluster, timeout, mode, fail } = flags;
  for (const one of [name, namespace, ...exclude, ...(cluster === undefined ? [] : [cluster])]) {
    if (!NAME.test(one)) throw malformed('name', `${quote(one)} is no name of Kubernetes`);
  }
  if (url !== undefined) checkUrl(url);
  if (fail) warnOfLockOut(name, namespace);
  if (mode === 'deny' && !fail) tell('note', IGNORED);
  const caBundle = flags.caBundle ? await askPem(flags, '/api/v1/identity/bundle?format=pem') : '';
  const text = webhookManifests({
    ...{ name, namespace, url, cluster, caBundle, excludedNamespaces: exclude },
    timeoutSeconds: timeout,
    failurePolicy: fail ? 'Fail' : 'Ignore',
  });
  writeOutput(text, flags.output);
  if (name !== WEBHOOK_NAME || flags.caBundle) tell('note', keepHint(name));
}

const IGNORED =
  'with failurePolicy Ignore, objects are taken unjudged while Reeve is away; --fail refuses them';

const keepHint = (name: string): string =>
  `Reeve's authorities rotate: set admission.keepWebhook to ${name}, so that caBundle stays up to date`;

function warnOfLockOut(name: string, namespace: string): void {
  tell(
    'warning',
    `with failurePolicy Fail, no workload and no policy can be changed while Reeve is away. ${namespace} and the excluded namespaces are let through, so that Reeve can come back. To end a lock-out: kubectl delete validatingwebhookconfiguration ${name}`,
  );
}

/** 80 columns. */
function tell(what: 'note' | 'warning', text: string): void {
  const [first = '', ...rest] = wrap(text, 80 - what.length - 2);
  console.error(`${what}: ${first}`);
  for (const line of rest) console.error(`${' '.repeat(what.length + 2)}${line}`);
}

function checkUrl(text: string): void {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' && url.search === '' && url.hash === '' && url.username === '') {
    return;
  }
  throw malformed('url', `${quote(text, 200)} is no address of a webhook`);
}

function malformed(what: 'name' | 'url', why: string): Fault {
  const hint = what === 'url' ? 'write it like https://reeve.example.org:7443' : undefined;
  return new Fault(`admission/${what}-malformed`, why, hint === undefined ? {} : { hint });
}
