/** 16 characters of 5 bits: 80 bits by lot. */
const LOT = 16;
const INSTALLATION = 6;
const LONGEST_SERVICE = 28;
/** As in RFC 4648 §6, in small letters: every target takes them unquoted. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Characters by lot, 5 bits each. */
export const drawName = (length: number, random: (bytes: number) => Buffer): string =>
  Array.from(random(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** What tells the users of this Reeve from those of another at the same target. */
export const drawInstallation = (random: (bytes: number) => Buffer): string =>
  drawName(INSTALLATION, random);

/** Every user's name begins with it. */
export const PREFIX = 'reeve_';

/** `reeve_SERVICE_INSTALLATION+LOT`: at most 57 bytes, since PostgreSQL cuts names behind the 63rd. */
export function drawUsername(
  service: string,
  installation: string,
  random: (bytes: number) => Buffer,
): string {
  const last = service.split('/').at(-1) ?? '';
  const plain = last.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const cut = plain.slice(0, LONGEST_SERVICE) || 'service';
  return `${PREFIX}${cut}_${installation}${drawName(LOT, random)}`;
}

/** Whether this Reeve has drawn such a name: no other user is ever taken away. */
export function isOwn(username: string, installation: string): boolean {
  const [, of] = /^reeve_[a-z0-9_]{1,28}_([a-z2-7]{6})[a-z2-7]{16}$/.exec(username) ?? [];
  return of === installation;
}
