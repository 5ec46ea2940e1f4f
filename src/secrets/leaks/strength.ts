/** What can be said of a value without knowing what it is for. */

/** Shannon entropy in bits per character. */
export function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

const CLASSES: readonly { readonly pattern: RegExp; readonly size: number }[] = [
  { pattern: /[a-z]/, size: 26 },
  { pattern: /[A-Z]/, size: 26 },
  { pattern: /[0-9]/, size: 10 },
  { pattern: /[^A-Za-z0-9]/, size: 32 },
];

/** How many of lower case, upper case, digits and symbols occur. */
export function characterClasses(value: string): number {
  return CLASSES.filter(({ pattern }) => pattern.test(value)).length;
}

/** Bits of an exhaustive search over the character classes used, as an upper bound. */
export function searchBits(value: string): number {
  const alphabet = CLASSES.reduce(
    (sum, { pattern, size }) => sum + (pattern.test(value) ? size : 0),
    0,
  );
  return alphabet === 0 ? 0 : value.length * Math.log2(alphabet);
}

/** What guessing tools try first: vendors' defaults and the head of every list of leaked passwords. */
const GUESSED_FIRST = new Set(
  `admin administrator root toor guest user test tester testing password passwd pass pwd secret
  letmein welcome master qwerty default changeit changeme postgres postgresql mysql mariadb mongo
  mongodb redis rabbitmq rabbit kafka elastic elasticsearch minio minioadmin grafana keycloak oracle
  system manager sa dba demo login monkey dragon sunshine iloveyou princess football baseball abc
  abcd azerty foo bar foobar foobarbaz hunter swordfish trustno shadow superman batman access pa55
  p4ssw0rd passw0rd vagrant ubuntu docker jenkins gitlab nexus sonar tomcat wordpress drupal magento
  app service dev local localhost dummy example sample fake temp tmp supersecret topsecret
  mysecret mypassword mypass secretkey secretpassword rootpassword rootpass adminpass adminpassword
  userpassword jwtsecret zipkin eureka config example`.split(/\s+/),
);

/** Under this many bits an exhaustive search is a matter of hours. */
const WEAK_BITS = 45;

/** Would fall to a list of common passwords or a short search. Values this weak are chosen again and
 *  again by people who do not know of each other. */
export function isWeak(value: string): boolean {
  return isCommon(value) || searchBits(value) < WEAK_BITS || new Set(value).size <= 4;
}

/** A vendor's default or a password of every list, with or without digits and signs behind it. */
export function isCommon(value: string): boolean {
  const plain = value.toLowerCase();
  const stem = plain.replace(/[^a-z]{1,8}$/, '').replace(/[-_. @]/g, '');
  return (
    GUESSED_FIRST.has(plain) || GUESSED_FIRST.has(stem) || /^(?:0?1234\d{0,6}|0000+)$/.test(plain)
  );
}

/** Counts up or down (`0123456789abcdef`), or repeats itself: nobody's key. */
export function isPattern(value: string): boolean {
  if (value.length < 4) return true;
  let steps = 0;
  for (let index = 1; index < value.length; index++) {
    const step = value.charCodeAt(index) - value.charCodeAt(index - 1);
    if (step >= -1 && step <= 1) steps++;
  }
  if (steps / (value.length - 1) > 0.6) return true;
  for (const period of [1, 2, 3, 4, 5, 6, 8, 10, 16]) {
    if (value.length >= period * 2 && isPeriodic(value, period)) return true;
  }
  return false;
}

function isPeriodic(value: string, period: number): boolean {
  for (let index = period; index < value.length; index++) {
    if (value[index] !== value[index - period]) return false;
  }
  return true;
}

/** Made of words: `user-token`, `AccessDenied`, `com.example.Tokens`. */
export function isWordlike(value: string): boolean {
  const letters = value.replace(/[^A-Za-z]/g, '');
  if (letters.length === 0) return false;
  if ((value.length - letters.length - countOf(value, /[-_./: ]/g)) / value.length > 0.12)
    return false;
  const vowels = countOf(letters, /[aeiouy]/gi) / letters.length;
  const words = value.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).filter((word) => word !== '');
  const meanLength = letters.length / Math.max(1, words.length);
  return (
    vowels >= 0.2 &&
    vowels <= 0.7 &&
    meanLength >= (value.length < 16 ? 2.8 : 3.3) &&
    meanLength <= 16
  );
}

function countOf(value: string, pattern: RegExp): number {
  return value.match(pattern)?.length ?? 0;
}

/** Looks drawn by a machine: long enough, varied enough, letters and digits mixed, no words. */
export function isRandom(value: string, minLength = 12): boolean {
  if (value.length < minLength || isPattern(value)) return false;
  if (/\s/.test(value)) return isRandomWithSpaces(value);
  const hasOneCase = /^[a-z]+$|^[A-Z]+$/.test(value);
  if (hasOneCase && value.length < 24) return false;
  if (/^[A-Za-z]+$/.test(value) && !hasOneCase && !hasMixedCase(value)) return false;
  if (isWordlike(value)) return false;
  return entropyOf(value) >= (value.length >= 20 ? 3 : 2.7);
}

/** Upper and lower case in turns that no camel case makes. */
function hasMixedCase(value: string): boolean {
  return value.length >= 20 && countOf(value, /[A-Z](?![a-z])/g) >= 3 && /[a-z]/.test(value);
}

/** Keys drawn from all printable characters may hold spaces; sentences do not hold that many signs. */
function isRandomWithSpaces(value: string): boolean {
  const words = value.split(/\s+/).filter((word) => /^\W?[A-Za-z]{3,}\W{0,2}$/.test(word));
  return (
    value.length >= 30 &&
    words.length <= 1 &&
    countOf(value, /\s/g) / value.length < 0.1 &&
    countOf(value, /[^A-Za-z0-9\s]/g) / value.length > 0.2
  );
}
