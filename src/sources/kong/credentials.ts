import type { DataDocument, DataPath } from '../../base/data.ts';
import { listAt, textAt } from '../../base/pick.ts';
import type { CredentialObservation, Source } from '../../estate/index.ts';
import { referenceIn } from './plugins.ts';

interface CredentialList {
  /** The list of a consumer, or of the file with a reference to one. */
  readonly list: string;
  readonly credentialKind: string;
  /** What it is called in a name. */
  readonly title: string;
  /** The fields that hold secret values; the first that is there counts. */
  readonly secrets: readonly string[];
  /** A field that names it without giving anything away. */
  readonly label?: string;
}

const LISTS: readonly CredentialList[] = [
  { list: 'keyauth_credentials', credentialKind: 'api-key', title: 'key', secrets: ['key'] },
  { list: 'jwt_secrets', credentialKind: 'jwt-secret', title: 'JWT secret', secrets: ['secret'] },
  {
    list: 'basicauth_credentials',
    credentialKind: 'password',
    title: 'password',
    secrets: ['password'],
    label: 'username',
  },
  {
    list: 'hmacauth_credentials',
    credentialKind: 'hmac-secret',
    title: 'HMAC secret',
    secrets: ['secret'],
    label: 'username',
  },
  {
    list: 'oauth2_credentials',
    credentialKind: 'oauth2-client-secret',
    title: 'OAuth 2 client',
    secrets: ['client_secret'],
    label: 'name',
  },
];

/** A value that only says where the secret is: a vault of Kong, or a variable of decK. */
const REFERENCE = /^\s*(?:\{vault:\/\/|\$\{\{)/;

/** The credentials that a configuration gives to consumers, and the keys of its certificates; never
 *  their values. */
export function credentialsIn(
  document: DataDocument,
  file: string,
  sourceAt: (path: DataPath) => Source,
): CredentialObservation[] {
  const { value } = document;
  const toObservation = (
    entry: CredentialList,
    item: unknown,
    path: DataPath,
    consumer: string,
  ) => {
    const field = entry.secrets.find((one) => textAt(item, one));
    if (field === undefined) return [];
    const label = entry.label === undefined ? undefined : textAt(item, entry.label);
    const isReference = REFERENCE.test(textAt(item, field) ?? '');
    const place = document.valueAt([...path, field]);
    const name = [consumer, entry.title, label].filter((part) => part).join(' ');
    return [
      {
        kind: 'credential',
        name,
        credentialKind: entry.credentialKind,
        keys: [
          `kong:${file}#${path.join('.')}`,
          `at:${file}:${place.line}:${place.column}`,
          // behind the quote, where it stands in one
          `at:${file}:${place.line}:${place.column + 1}`,
        ],
        ...(!isReference && {
          location: { file, ...place, in: 'file' as const },
          problems: ['plain-text'],
        }),
        source: sourceAt([...path, field]),
      } satisfies CredentialObservation,
    ];
  };
  const nested = listAt(value, 'consumers').flatMap((consumer, index) =>
    LISTS.flatMap((entry) =>
      listAt(consumer, entry.list).flatMap((item, place) =>
        toObservation(entry, item, ['consumers', index, entry.list, place], consumerName(consumer)),
      ),
    ),
  );
  const top = LISTS.flatMap((entry) =>
    listAt(value, entry.list).flatMap((item, index) =>
      toObservation(entry, item, [entry.list, index], referenceIn(item, 'consumer') ?? 'consumer'),
    ),
  );
  const certificates = listAt(value, 'certificates').flatMap((item, index) =>
    toObservation(CERTIFICATE, item, ['certificates', index], certificateName(item)),
  );
  return [...nested, ...top, ...certificates];
}

const CERTIFICATE: CredentialList = {
  list: 'certificates',
  credentialKind: 'private-key',
  title: 'private key',
  secrets: ['key'],
};

function consumerName(consumer: unknown): string {
  return textAt(consumer, 'username') ?? textAt(consumer, 'custom_id') ?? 'consumer';
}

function certificateName(item: unknown): string {
  return textAt(item, 'snis', 0, 'name') ?? textAt(item, 'snis', 0) ?? 'gateway';
}
