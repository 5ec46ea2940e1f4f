/** What the keys and types of Secrets say of what they hold. */

/** Keys that stand beside a secret and are none themselves. */
const PLAIN_KEY =
  /(?:^|[._-])(?:user|username|users|usr|login|uid|host|hosts|hostname|port|ports|server|address|addr|endpoint|database|dbname|db|schema|namespace|region|zone|bucket|email|name|issuer|audience|tenant|tenantid|clientid|projectid|accountid|ssl|sslmode|tls|enabled|timeout|driver|dialect|type|version|realm|scope|scopes|environment|env|mode|level|known_hosts|config-version|pub|crt|cer|cert|certificate|ca)$/;
/** Two words that are one; `client_id` and `clientId` end in the same. */
const PLAIN_PAIR =
  /(?:client|tenant|project|account|user|key|app|application|subscription)[._-]?id$/;

/** Whether a key is plainly not a secret: `username`, `host`, `ca.crt`. */
export function isPlainKey(key: string): boolean {
  const plain = key.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
  // The id of an access key belongs to the credential, but opens nothing alone.
  return PLAIN_KEY.test(plain) || PLAIN_PAIR.test(plain);
}

/** `jdbc:postgresql://db:5432/shop`: where a datastore is, without what opens it. */
function isPlainAddress(value: string): boolean {
  return /^(?:jdbc:\w{1,20}|postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|nats|kafka):\/\/[^@?;\s]{1,500}$/i.test(
    value.trim(),
  );
}

/** Whether an entry of a Secret opens nothing, by its key or by what it holds. */
export function isPlainEntry({
  key,
  value,
}: {
  readonly key: string;
  readonly value: string;
}): boolean {
  return isPlainKey(key) || isPlainAddress(value);
}

const KIND_BY_TYPE: Record<string, string> = {
  'kubernetes.io/dockerconfigjson': 'registry-credential',
  'kubernetes.io/dockercfg': 'registry-credential',
  'kubernetes.io/basic-auth': 'password',
  'kubernetes.io/ssh-auth': 'private-key',
  'kubernetes.io/tls': 'private-key',
  'kubernetes.io/service-account-token': 'service-account-token',
  'bootstrap.kubernetes.io/token': 'token',
};

const KIND_BY_KEY: readonly (readonly [RegExp, string])[] = [
  [/^tls\.key$|private|\.(?:key|pem|p12|pfx)$|id_(?:rsa|ecdsa|ed25519)/, 'private-key'],
  [/keystore|truststore|\.jks$/, 'keystore'],
  [/docker(?:config|cfg)/, 'registry-credential'],
  [/aws.*(?:access|secret)|secret[._-]?access[._-]?key/, 'aws-access-key'],
  [/pass|pwd/, 'password'],
  [/api[._-]?key/, 'api-key'],
  [/jwt|signing|session|cookie|hmac/, 'signing-key'],
  [/client[._-]?secret/, 'client-secret'],
  [/token/, 'token'],
  [/dsn|connection|(?:database|mongo|redis|postgres|mysql|amqp).*(?:url|uri)/, 'connection-string'],
  [/webhook/, 'webhook-url'],
];

/** What kind of credential a key of a Secret of this type holds. */
export function kindOfKey(type: string, key: string): string {
  const plain = key.toLowerCase();
  return (
    (Object.hasOwn(KIND_BY_TYPE, type) ? KIND_BY_TYPE[type] : undefined) ??
    KIND_BY_KEY.find(([pattern]) => pattern.test(plain))?.[1] ??
    'secret'
  );
}
