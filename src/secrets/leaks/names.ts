import { entryOf } from '../../base/pick.ts';
/** Which names speak of a credential. */

/** What a name promises: the more it says, the less its value has to prove. A `password` can be
 *  anything; a `key` has to look drawn by a machine. */
export type SecretClass = 'password' | 'secret' | 'api-key' | 'token' | 'key';

/** The words of a name, in lower case: `spring.datasource.dbPassword` has four. */
export function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, 200)
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

const PASSWORDS = new Set(
  `password passwd passwords pass pwd psw passwort motdepasse passphrase passcode userpassword
  dbpassword rootpassword adminpassword requirepass masterauth pw userpass dbpass
  rootpass adminpass dbpasswd dbpwd pgpassword keypass storepass keypassword storepassword`.split(
    /\s+/,
  ),
);
const SECRETS = new Set(
  `secret secrets clientsecret appsecret jwtsecret secretkey sharedsecret consumersecret
  privatekey credential credentials creds signingkey encryptionkey masterkey salt pepper`.split(
    /\s+/,
  ),
);
const TOKENS = new Set(
  `token accesstoken authtoken apitoken oauthtoken refreshtoken bearertoken bottoken pat
  authkey`.split(/\s+/),
);
const API_KEYS = new Set('apikey accesskey accountkey appkey servicekey'.split(' '));
/** What makes a secret of `…_key`. */
const KEYS_BEFORE: Readonly<Record<string, SecretClass>> = {
  api: 'api-key',
  access: 'api-key',
  account: 'api-key',
  app: 'api-key',
  application: 'api-key',
  subscription: 'api-key',
  service: 'api-key',
  auth: 'secret',
  secret: 'secret',
  private: 'secret',
  signing: 'secret',
  signature: 'secret',
  encryption: 'secret',
  cipher: 'secret',
  crypto: 'secret',
  aes: 'secret',
  encrypt: 'secret',
  master: 'secret',
  shared: 'secret',
  hmac: 'secret',
  jwt: 'secret',
  session: 'secret',
  cookie: 'secret',
  admin: 'api-key',
  deploy: 'secret',
  webhook: 'secret',
  ssh: 'secret',
};
/** A salt that makes a key of a secret is known to everyone; only the secret is not (Phoenix, Rails). */
const SALTED_KEYS = new Set(['signing', 'encryption', 'encrypted', 'cookie']);
/** Keys of other things than locks. */
const KEYS_OF_DATA = new Set(
  `public primary foreign partition sort range hash cache registry object row column index group map
  sort storage routing idempotency translation message i18n config property store host known kid json
  form field query dict lookup search ordering composite unique natural business gpg publishable site
  pub locale license entity s3 file folder path image build color theme react list item tab menu`.split(
    /\s+/,
  ),
);

/** A name that ends in one of these speaks about a credential and does not hold one. */
const ABOUT = new Set(
  `file files path dir directory folder name names url uri urls endpoint host port id ids type types kind
  length size len min max minimum maximum count counter limit limits enabled enable disabled required
  require requires optional regex regexp pattern format formatter label labels title hint message
  messages msg error errors text description desc class field fields input inputs column param params
  parameter parameters provider providers service services manager factory store storage validator
  validators validation validate version issuer audience algorithm alg algo expires expiry expiration
  expire exp age ttl timeout duration lifetime seconds minutes hours days ref refs reference selector
  encoder encoders decoder generator generation handler helper util utils repository controller model
  entity dto request response interceptor filter middleware strategy guard policy policies rule rules
  mode status state index position offset header headers prefix suffix env var variable variables
  source sources target mount mounts volume annotation annotations location created updated changed
  change reset forgot forgotten confirm confirmation confirmed repeat retype visible visibility show
  hide toggle strength score placeholder icon view page form dialog modal screen component link button
  click cookie claim claims scope scopes grant usage used key keys alias set list array map object info
  data detail details config configuration settings options option property properties attribute
  template schema spec metadata function method callback fn func hash hashed hasher digest encrypted
  cipher matches match mismatch invalid valid missing empty wrong incorrect prompt plugin backend
  engine namespace region role roles user users username email account accounts owner rotation rotate
  lambda arn version versions stage kms crd resource resources event events test tests spec example
  tokenizer stream parser lexer per hint verifier verification verified verify command cmd script
  import imports module package lib library docs doc comment note notes tag tags bytes bits chars
  character characters within tries attempts lock locked history expired at on by from to in is has`.split(
    /\s+/,
  ),
);
/** Words behind the telling one that change nothing: `password_prod`, `secret_key_base`. */
const HARMLESS = new Set(['value', 'base', 'base64', 'b64', 'plain', 'raw', 'literal', 'default']);

/** What the name says of its value; undefined where it does not speak of a credential. */
export function secretClassOf(name: string): SecretClass | undefined {
  const words = wordsOf(name);
  let end = words.length;
  while (end > 0 && isHarmless(words[end - 1])) end--;
  for (let index = end - 1; index >= Math.max(0, end - 3); index--) {
    const found = classAt(words, index);
    if (found) return found;
    if (ABOUT.has(words[index] ?? '')) return undefined;
  }
  return undefined;
}

function isHarmless(word: string | undefined): boolean {
  return word !== undefined && (HARMLESS.has(word) || /^v?\d+$/.test(word));
}

function classAt(words: readonly string[], index: number): SecretClass | undefined {
  const word = (words[index] ?? '').replace(/\d+$/, '');
  const before = words[index - 1];
  if (isNegated(before)) return undefined;
  const glued = /(?:password|passwd|passphrase|pwd)$/.test(word) && !ABOUT.has(word);
  if (PASSWORDS.has(word) || glued)
    return word === 'pass' && isVerb(words, index) ? undefined : 'password';
  if (word === 'salt' && SALTED_KEYS.has(before ?? '')) return undefined;
  if (API_KEYS.has(word)) return 'api-key';
  if (SECRETS.has(word) || /(?:secretkey|clientsecret)$/.test(word)) return 'secret';
  if (TOKENS.has(word) || /(?:access|auth|api)token$/.test(word)) return 'token';
  if (word === 'phrase' && before === 'pass') return 'password';
  if (word === 'auth' && (words.length === 1 || before === 'npm')) return 'token';
  if (word !== 'key' || before === undefined || KEYS_OF_DATA.has(before)) return undefined;
  return (
    entryOf(KEYS_BEFORE, before) ?? (before.length > 2 && ABOUT.has(before) ? undefined : 'key')
  );
}

/** `publicToken`, `csrfToken`, `nextPageToken`: values of the moment or for everyone. */
const NOT_SECRET_BEFORE = new Set(
  'public csrf xsrf page next continuation cancellation cancel design no without is has sync invalid bearer'.split(
    ' ',
  ),
);

function isNegated(before: string | undefined): boolean {
  return before !== undefined && NOT_SECRET_BEFORE.has(before);
}

/** `pass_through`, `proxy_pass`, `by_pass`: the verb. */
function isVerb(words: readonly string[], index: number): boolean {
  return ['proxy', 'by', 'first', 'second', 'render', 'one', 'fastcgi', 'uwsgi'].includes(
    words[index - 1] ?? '',
  );
}

/** Keys of a Kubernetes Secret that go along with a credential and open nothing themselves. */
const COMPANIONS = new Set(
  `username user users login host hostname hosts port ports database dbname db name endpoint endpoints
  url uri address server email region bucket namespace ca cert crt certificate pub public type issuer
  tenant scheme protocol realm sslmode driver dialect enabled environment schema zone project
  domain path mode timeout version id chain truststore allow from`.split(/\s+/),
);

/** `username`, `ca.crt`, `DB_HOST`, `client_id` … */
export function isCompanionName(name: string): boolean {
  if (secretClassOf(name) !== undefined) return false;
  const last = wordsOf(name).at(-1);
  return last !== undefined && COMPANIONS.has(last);
}

const ASSIGNED =
  /([A-Za-z_][\w.-]{1,79})["'`]?\]?[ \t]{0,8}(?::[ \t]{0,4}[A-Za-z]{1,20}[ \t]{0,4})?(?::=|=>|[:=,>])[ \t]{0,8}["'`(]{0,2}$/;

/** The name that the text in front of a value gives it: `DB_URL` in `DB_URL = "`. */
export function nameBefore(text: string, start: number): string | undefined {
  const line = text.slice(Math.max(0, start - 120), start);
  return ASSIGNED.exec(line.slice(line.lastIndexOf('\n') + 1))?.[1];
}
