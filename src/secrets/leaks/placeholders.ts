/** Values that stand for a credential without being one. Every pattern is anchored and free of nested
 *  repetition, so that it is linear in the value. */

/** Names where the credential is instead of saying it. */
const REFERENCES: readonly RegExp[] = [
  /^\$\{/, // ${VAR}
  /^\$\(/, // $(VAR)
  /^\$\{?[A-Za-z_][\w.]*\}?$/, // $VAR
  /^\$\{?\d\}?$/,
  /^\$\{?[A-Za-z_]\w*\}?[/:.-]/, // $HOME/…
  /^%[A-Za-z_]\w*%$/, // %VAR%
  /^%\(?[\w.]*\)?[sdvq]$/, // %s, %(name)s
  /\{\{|\}\}/, // {{ .Values.x }}
  /^\{[\w .:-]*\}$/, // {name}
  /^\$?\{?\{?\s*(?:secrets|env|vars|inputs|var|local|data|module|self|each)\./,
  /<%|%>|<\?/,
  /^#\{/,
  /^@[\w.-]+@$|^@\{[\w.-]+\}$/, // @name@
  /^__[\w.-]+__$/,
  /^<[^<>]*>$/,
  /^\[[^[\]]*\]$/,
  /^(?:\/|\.{1,2}\/|~\/|[A-Za-z]:\\|file:|classpath:|fileb?:\/\/)[^\s]*$/, // a path
  /^[\w.-]+(?:\/[\w.-]+)*\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt|conf|cfg|ini|env|properties|xml|html?|[jt]sx?|py|php|rb|go|java|css|png|svg|jpe?g|md|sh|asc|gpg|pub)$/i,
  /^arn:[\w-]+:/,
  /^(?:vault|secret|secrets|ssm|awssm|gcpsm|azurekeyvault|op|bw|keyring|sops|ref\+\w+|kms|doppler|infisical|aws-?secrets?-?manager|keeper|env|cmd|exec):/i,
  /^projects\/[^/]+\/secrets\//,
  /^@Microsoft\.KeyVault\(/i,
  /^ENC[([]/, // sops, Jasypt
  /^\{cipher\}/, // Spring Cloud Config
  /^\$ANSIBLE_VAULT;/,
  /^!(?:vault|secret|Ref|Sub|GetAtt|ImportValue|env_var)\b/,
  /^(?:process\.env|import\.meta|os\.(?:environ|getenv|Getenv)|System\.(?:getenv|getProperty)|ENV\[|getenv|env\(|config[.(]|settings\.|params\.|this\.|self\.|req\.|request\.|options\.|props\.|lookup\()/,
  /^(?:https?|tcp|udp|ws|wss|grpc|s3|gs|ftp|unix):\/\/[^@]*$/i, // an address with nobody in it
  /^(?:sha(?:1|224|256|384|512)|md5|crc32)[-:]/i,
  /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\w+) /,
  /^-----BEGIN (?:CERTIFICATE|(?:RSA |EC )?PUBLIC KEY|X509 CRL|CERTIFICATE REQUEST)/,
  /^pk_(?:live|test)_/, // published on purpose
  /^(?:application|text|image|multipart)\/[\w.+-]+/,
  /^urn:/,
  /^\/[^/]*\/[gimsuy]*$/, // a regular expression
  /^\^.*\$$|\\[dws][+*{]|\[a-z|\[A-Z|\[0-9]|\(\?:|\[[A-Za-z0-9-]{2,40}\][{+*]/,
];

/** What an unquoted value can be besides a literal. */
const EXPRESSIONS: readonly RegExp[] = [
  /^[A-Za-z_$][\w$.]*\(/, // a call
  /^(?:func|function|lambda|new|await|return|typeof)\s/,
  /^[\w.]+<[\w, .<>]*>$/, // a type
  /=>|->/,
  /^[&*!|>%`{[(]/, // anchors, aliases, tags, blocks, collections
];

/** The words a placeholder is made of. A value of nothing but these says `put yours here`. */
const PLACEHOLDER_WORDS = new Set(
  `change changeme changethis changed me replace replaced replaceme this update set insert enter add fill fixme put provide
  your yours you my the a an here in with to for of it is not on at by or and be must should please
  example examples sample dummy fake placeholder todo tbd tba redacted removed hidden masked omitted
  obfuscated scrubbed sanitized censored filtered snip xxx none null nil undefined unset empty blank
  na some any something anything whatever foo bar baz test mock stub value values string str text
  generated generate random real actual valid invalid new old own long very strong super key keys
  api apikey secret secrets password passwd pass passphrase pwd token tokens access auth oauth client
  app application id user username account private public credential credentials jwt bearer aws
  azure google github gitlab slack stripe openai db database server service host production prod dev
  insecure unsafe only development goes`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
/** At least one of these has to be among them: `my-db-password` is a poor password, not a placeholder. */
const TELLING_WORDS = new Set(
  `change changeme changethis replace replaceme insert enter fill fixme put provide your yours here example
  examples sample dummy fake placeholder todo tbd tba redacted removed hidden masked omitted
  obfuscated scrubbed sanitized censored filtered snip xxx none null nil undefined unset empty blank
  some something whatever mock stub generated goes`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Words of types and switches, which stand where a value could. */
const NOT_VALUES = new Set(
  `true false yes no on off null none nil undefined nan string str text bytes byte number integer int
  float bool boolean object array list any unknown void never char varchar nvarchar secretstr optional
  required disabled enabled auto default-value enable disable always never ifneeded inherit basic
  bearer digest oauth oauth2 jwt plain plaintext scram md5 sha1 sha256 bcrypt scrypt argon2 pbkdf2
  hidden masked self-signed client_secret_basic client_secret_post private_key_jwt n/a`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

export function isReference(value: string): boolean {
  return REFERENCES.some((pattern) => pattern.test(value));
}

/** Something to be worked out, where no quotes say that it is a literal. */
export function isExpression(value: string): boolean {
  return EXPRESSIONS.some((pattern) => pattern.test(value));
}

/** Says that a value has still to be put in, or says nothing (`null`, `xxxx`, `***`, `string`). */
export function isPlaceholder(value: string): boolean {
  const plain = value.trim().toLowerCase();
  if (plain === '' || NOT_VALUES.has(plain)) return true;
  if (/^[A-Z]+(?:_[A-Z]+)+$/.test(value) && /PASS|PWD|SECRET|TOKEN|KEY|CRED/.test(value))
    return true;
  if (/^(.)\1*$/.test(plain) && /^[^a-wyz1-9]/.test(plain)) return true; // xxxx, ****, ----, 0000
  if (/x{4,}|\*{3,}|\.{3,}|…|_{4,}|#{4,}|<[a-z_ -]+>|\$\{/.test(plain)) return true;
  if (/^(?:change|replace)[-_ ]?(?:me|this|it)\b(?!\w*it$)/.test(plain) && plain !== 'changeit')
    return true;
  if (
    /(?:^|[^a-z])(?:your|example|placeholder|redacted|replace[-_ ]?me|dummy|fixme|todo)(?:[-_ ][a-z]|$)/.test(
      plain,
    )
  )
    return true;
  if (/^your[a-z]|example$|^example|placeholder/.test(plain) && !/\d{2}/.test(plain)) return true;
  return isPlaceholderPhrase(value);
}

function isPlaceholderPhrase(value: string): boolean {
  if (value.length > 120) return false;
  const words = value
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
  if (/\d{3}/.test(value) || words.length === 0) return false;
  return (
    words.every((word) => PLACEHOLDER_WORDS.has(word)) &&
    words.some((word) => TELLING_WORDS.has(word))
  );
}

/** Text for a person to read: several words, few signs. */
export function isSentence(value: string): boolean {
  if (/[\u3000-\u9fff\uac00-\ud7af]/.test(value)) return true;
  const words = value.trim().split(/\s+/);
  if (words.length < 2) return false;
  const plain = words.filter((word) => /^[\p{L}'’"(){}\d]{1,24}[.,:;!?)"*…]{0,3}$/u.test(word));
  return plain.length / words.length >= 0.6;
}

/** The literal that counts when the variable is not set: `${NAME:-literal}` of shells and Compose,
 *  `${NAME:literal}` of Spring. Undefined for anything else. */
export function fallbackOf(value: string): string | undefined {
  const match = /^\$\{[\w.-]{1,100}:[-=]?([^${}]{1,500})\}$/.exec(value);
  return match?.[1];
}

/** What stands in a password's place on a command line or in a call, and is one. */
export function isLiteralArgument(value: string): boolean {
  return (
    value.length >= 3 &&
    !isReference(value) &&
    !isExpression(value) &&
    !isPlaceholder(value) &&
    !/^[:?@%\\]|\$\{|%s|' ?\+|[()]|^(?:password|pass|pwd)$/i.test(value)
  );
}
