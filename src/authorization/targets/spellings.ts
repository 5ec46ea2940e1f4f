import { fold } from '../operations/index.ts';

/** Every spelling that Envoy may see of what `folded` stands for without regard to case; undefined where there are more
 *  than `limit`. */
export function spellingsOf(folded: string, limit: number): readonly string[] | undefined {
  let spellings = [''];
  for (const character of folded) {
    const all = formsOf(character);
    if (spellings.length * all.length > limit) return undefined;
    spellings = spellings.flatMap((begin) => all.map((form) => begin + form));
  }
  return spellings;
}

/** The same of the longest beginning that keeps to the limit. */
export function beginningsOf(folded: string, limit: number): readonly string[] {
  const characters = [...folded];
  for (let length = characters.length; length > 0; length--) {
    const found = spellingsOf(characters.slice(0, length).join(''), limit);
    if (found) return found;
  }
  return [''];
}

/** Never encoded in canonical paths. */
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
/** Always encoded in canonical paths: what is not ASCII, and what would not come through or means something else. */
const ENCODED = /^(?:[^\u0021-\u007e]|[%?#;\\/])$/u;

function spell(character: string): readonly string[] {
  if (UNRESERVED.test(character)) return [character];
  const encoded = encodingsOf([...Buffer.from(character)]);
  return ENCODED.test(character) ? encoded : [character, ...encoded];
}

/** Bytes as they may be percent-encoded: Envoy leaves the case of hexadecimal digits as it was sent. */
function encodingsOf(bytes: readonly number[]): readonly string[] {
  return bytes.reduce<readonly string[]>(
    (begins, byte) => {
      const digits = byte.toString(16).padStart(2, '0');
      const forms = bothCases(digits[0]).flatMap((high) =>
        bothCases(digits[1]).map((low) => `%${high}${low}`),
      );
      return begins.flatMap((begin) => forms.map((form) => begin + form));
    },
    [''],
  );
}

function bothCases(digit = ''): readonly string[] {
  const upper = digit.toUpperCase();
  return upper === digit ? [digit] : [upper, digit];
}

/** At most as many as there are characters. */
const forms = new Map<string, readonly string[]>();

/** Every spelling in a path of a folded character: it, and those that are folded to it. */
export function formsOf(folded: string): readonly string[] {
  const known = forms.get(folded);
  if (known) return known;
  const made = [folded, ...(unfolded().get(folded) ?? [])].flatMap(spell);
  forms.set(folded, made);
  return made;
}

let known: ReadonlyMap<string, readonly string[]> | undefined;
/** Scripts that have cases end before this. */
const LAST_CASED = 0x1ffff;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

function unfolded(): ReadonlyMap<string, readonly string[]> {
  known ??= invertFolding();
  return known;
}

function invertFolding(): ReadonlyMap<string, readonly string[]> {
  const inverted = new Map<string, string[]>();
  for (let code = 0x41; code <= LAST_CASED; code++) {
    if (code === FIRST_SURROGATE) code = AFTER_SURROGATES;
    const character = String.fromCodePoint(code);
    const folded = foldOf(code, character);
    if (folded === character) continue;
    inverted.set(folded, [...(inverted.get(folded) ?? []), character]);
  }
  return inverted;
}

function foldOf(code: number, character: string): string {
  return code < 0x80 ? character.toLowerCase() : fold(encodeURIComponent(character));
}
