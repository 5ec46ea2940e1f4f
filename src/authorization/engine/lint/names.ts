/** Letters of other scripts that look like Latin ones, in lower case.
 *  @see Unicode Technical Standard 39, §4 (confusables.txt has many more; these are the ones of living scripts that are
 *  the same in most fonts) */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  ɑ: 'a',
  α: 'a',
  в: 'b',
  ь: 'b',
  с: 'c',
  ϲ: 'c',
  ԁ: 'd',
  е: 'e',
  ҽ: 'e',
  ɡ: 'g',
  һ: 'h',
  н: 'h',
  հ: 'h',
  і: 'i',
  ι: 'i',
  ı: 'i',
  ј: 'j',
  к: 'k',
  κ: 'k',
  ӏ: 'l',
  м: 'm',
  п: 'n',
  ո: 'n',
  о: 'o',
  ο: 'o',
  օ: 'o',
  σ: 'o',
  р: 'p',
  ρ: 'p',
  ԛ: 'q',
  г: 'r',
  ѕ: 's',
  т: 't',
  τ: 't',
  υ: 'u',
  ս: 'u',
  ν: 'v',
  ѵ: 'v',
  ԝ: 'w',
  ω: 'w',
  х: 'x',
  χ: 'x',
  у: 'y',
  γ: 'y',
  ү: 'y',
  ᴢ: 'z',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '‒': '-',
};

/** What a name looks like: equal for names that a reader would take for one another. */
export function lookOf(name: string): string {
  // Compatibility forms (full width, ligatures) are taken apart; marks and what is invisible go.
  const plain = name
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase();
  return Array.from(plain, (letter) => LOOK_ALIKES[letter] ?? letter).join('');
}

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian'].map((script) => ({
  script,
  pattern: new RegExp(`\\p{Script=${script}}`, 'u'),
}));

/** The scripts whose letters a name mixes; none where it has letters of one script alone. */
export function mixedScripts(name: string): string[] {
  const found = SCRIPTS.filter(({ pattern }) => pattern.test(name)).map(({ script }) => script);
  return found.length > 1 ? found : [];
}

/** A name with each character beyond ASCII spelt out, so that it can be told from its look-alikes. */
export function spellOut(name: string): string {
  return Array.from(name, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return code < 0x7f && code > 0x1f
      ? letter
      : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  }).join('');
}
