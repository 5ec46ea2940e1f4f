import type { Random } from '../random.ts';
import type { Style } from '../traffic.ts';
import * as words from './words.ts';

/** Writes the value of the n-th thing of its kind. */
export type Write = (order: number, random: Random, own: readonly string[]) => string;

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE32 = 'abcdefghjkmnpqrstvwxyz0123456789';
const HEX = '0123456789abcdef';

function drawn(alphabet: string, length: number, random: Random): string {
  return Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join('');
}

const capital = (word: string): string => word.replace(/^./, (first) => first.toUpperCase());
const thing = (random: Random): string => random.pick(words.THINGS);
const foreign = (random: Random): string => random.pick(words.FOREIGN);
const given = (random: Random): string => random.pick(words.GIVEN);
const family = (random: Random): string => random.pick(words.FAMILY);
const brand = (random: Random): string =>
  Array.from({ length: random.between(2, 4) }, () => random.pick(words.SYLLABLES)).join('');
const plural = (word: string): string => (word.endsWith('s') ? word.slice(0, -1) : `${word}s`);
const padded = (value: number, length: number): string => String(value).padStart(length, '0');

/** 48 bits of a clock that goes on a little with each thing, as 12 hexadecimal digits. */
const clock = (order: number): string =>
  (0x018f3a2b4c5d + order * 977).toString(16).padStart(12, '0');

export const WRITERS: Readonly<Record<Style, readonly Write[]>> = {
  number: [
    (order) => String(order + 1),
    (order) => String(10_234 + order * 3),
    (order, random) => String(7_000_000_000 + order * 1013 + random.below(1000)),
    (order) => padded(order + 1, 6),
    (order, random) => `17${padded(order * 4096 + random.below(4096), 17)}`,
  ],
  uuid: [
    (order, random) =>
      `${clock(order).slice(0, 8)}-${clock(order).slice(8)}-7${drawn(HEX, 3, random)}-b${drawn(HEX, 3, random)}-${drawn(HEX, 12, random)}`,
    (_, random) =>
      `${drawn(HEX, 8, random)}-${drawn(HEX, 4, random)}-11ee-9${drawn(HEX, 3, random)}-0242ac120002`,
    (_, random) =>
      `urn:uuid:${drawn(HEX, 8, random)}-${drawn(HEX, 4, random)}-4${drawn(HEX, 3, random)}-8${drawn(HEX, 3, random)}-${drawn(HEX, 12, random)}`,
  ],
  ulid: [
    (order, random) =>
      `01HW${(order + 1000)
        .toString(32)
        .toUpperCase()
        .replace(/[ILOU]/g, 'Z')
        .padStart(6, '0')}${drawn(BASE32, 16, random).toUpperCase()}`,
    (_, random) => `01hx${drawn(BASE32, 22, random)}`,
  ],
  objectid: [
    (order, random) =>
      `65f${(0xa1b2c + order).toString(16)}${drawn(HEX, 10, random)}${padded(order % 1_000_000, 6)}`,
  ],
  opaque: [
    (_, random) => drawn(`${BASE62}_-`, 21, random),
    (_, random) => drawn(BASE62, 27, random),
    (_, random) => drawn(BASE62, 6, random),
    (_, random) => drawn(BASE32, 13, random),
    (_, random) => drawn(HEX, 32, random),
    (_, random) => `${drawn(BASE62, 22, random)}%3D%3D`,
    (_, random) => drawn('abcdefghijklmnopqrstuvwxyz', random.between(5, 8), random),
    (_, random) =>
      `${drawn(BASE32, 4, random)}-${drawn(BASE32, 4, random)}-${drawn(BASE32, 4, random)}`,
  ],
  prefixed: [
    (_, random) => `iv_${drawn(BASE62, 24, random)}`,
    (_, random) => `pmt-${drawn(BASE32, 10, random)}`,
    (order) => `ITEM.${padded(order + 1, 5)}`,
    (order) => `u:${order + 4711}`,
    (_, random) => `node-${drawn(HEX, 8, random)}`,
    (order) => `PROJ-${order + 1}`,
    (_, random) => `ws_live_${drawn(BASE62, 16, random)}`,
    (order) => `v${order + 1}r${(order * 7) % 9}`,
  ],
  slug: [
    (_, random) => brand(random),
    (_, random) => `${random.pick(words.QUALITIES)}-${thing(random)}`,
    (_, random) => `${foreign(random)}-${foreign(random)}-${foreign(random)}`,
    (_, random) => thing(random),
    (_, random) => foreign(random),
    (_, random) => `${capital(random.pick(words.QUALITIES))}-${capital(thing(random))}`,
    (_, random) => random.pick(words.TAGS),
    (_, random) => `com.${brand(random)}.${thing(random)}`,
    (_, random) => `${thing(random)}-${foreign(random)}-${drawn(BASE32, 4, random)}`,
    (_, random) => `${thing(random)}.${brand(random)}.io`,
    (_, random) => `${random.between(0, 4)}.${random.between(0, 12)}.${random.between(0, 9)}`,
    (_, random) => random.pick(words.QUALITIES) + thing(random),
    (_, random) => `${thing(random)}%2F${brand(random)}`,
  ],
  name: [
    (_, random) => `${given(random)}_${family(random)}`,
    (_, random) => `@${given(random)}${random.between(1, 999)}`,
    (_, random) => given(random),
    (_, random) => `${family(random)}%2C%20${capital(given(random))}`,
    (_, random) => `${given(random)}.${family(random)}%40${brand(random)}.org`,
    (_, random) => `${given(random).slice(0, 3)}${family(random).slice(0, 5)}`,
    (_, random) => `${capital(given(random))}+${capital(family(random))}`,
    (_, random) => `${given(random)}-from-${foreign(random)}`,
  ],
  'own-words': [
    (_, random, own) => plural(random.pick(own)),
    (_, random, own) => `my-${random.pick(own)}`,
    (_, random, own) => random.pick(own) + capital(random.pick(own)),
    (_, random, own) => `${random.pick(own)}-${random.pick(own)}-${random.pick(own)}`,
    (order, random, own) => `${random.pick(own)}${order % 20}`,
    (_, random, own) => capital(random.pick(own)),
  ],
  date: [
    (order) => `${2020 + (order % 6)}-W${padded((order * 5) % 52, 2)}`,
    (order) => `${padded(1 + (order % 28), 2)}-${padded(1 + (order % 12), 2)}-2025`,
    (order) => new Date(1_735_689_600_000 - order * 86_400_000).toISOString().slice(0, 10),
    (order) => String(1_735_689_600 - order * 3600),
    (order) => `${1990 + (order % 36)}`,
  ],
  file: [
    (_, random) => `${thing(random)}-${random.between(1, 12)}.${random.pick(words.ENDINGS)}`,
    (order) => `part-${padded(order, 5)}.parquet`,
    (_, random) => `Quarterly%20${capital(thing(random))}.xlsx`,
    (_, random) => `${drawn(HEX, 40, random)}.webp`,
    (_, random) => `${brand(random)}.${random.pick(words.ENDINGS)}`,
    (_, random) => `${thing(random)}@2x.png`,
  ],
};
