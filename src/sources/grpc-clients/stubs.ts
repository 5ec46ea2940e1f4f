/** A place where a program makes a client of an interface. */
export interface Stub {
  /** Name of the interface, without package: `Cart`, `CartService`. */
  readonly interface: string;
  /** Of the name, in UTF-16 code units. */
  readonly offset: number;
}

/** How the code that generators make for each language is used. The interface is the first group. */
const STUBS: readonly { readonly languages: string; readonly made: RegExp }[] = [
  { languages: 'go', made: /\bNew([A-Z]\w{0,100}?)Client\(/g },
  {
    languages: 'java kt kts scala groovy',
    made: /\b([A-Z]\w{0,100}?)Grpc\s{0,4}\.\s{0,4}new(?:Blocking|BlockingV2|Future|Reactor|Rx)?Stub\(/g,
  },
  { languages: 'kt kts', made: /\b([A-Z]\w{0,100}?)CoroutineStub\(/g },
  { languages: 'py', made: /\b([A-Z]\w{0,100}?)Stub\(/g },
  {
    languages: 'js mjs cjs ts mts cts',
    made: /\bnew\s{1,4}(?:\w{1,60}\.){0,6}([A-Z]\w{0,100}?)(?:Client)?\([^;{}\n]{0,200}\bcredentials\b/g,
  },
  {
    languages: 'js mjs cjs ts mts cts',
    made: /\bcreate(?:Promise|Callback)?Client\(\s{0,4}([A-Z]\w{0,100})\s{0,4},/g,
  },
  { languages: 'cs', made: /\b([A-Z]\w{0,100})\.\1Client\b\s{0,4}[(>]/g },
  { languages: 'rs', made: /\b([A-Z]\w{0,100}?)Client::(?:connect|new|with_interceptor)\(/g },
  { languages: 'rb', made: /\b([A-Z]\w{0,100})::Stub\.new\b/g },
];

/** Longer lines are data. */
const MAX_LINE_LENGTH = 2_000;
const MAX_STUBS = 200;
const COMMENT = /^\s*(?:\/\/|\/?\*|#)/;

/** Whether programs in files of this extension are looked through. */
export function isLanguage(extension: string): boolean {
  return STUBS.some(({ languages }) => languages.split(' ').includes(extension));
}

/** The clients that a source text makes, line by line; of each interface the first. */
export function stubsIn(text: string, extension: string): readonly Stub[] {
  const patterns = STUBS.filter(({ languages }) => languages.split(' ').includes(extension));
  const found = new Map<string, Stub>();
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.length <= MAX_LINE_LENGTH && !COMMENT.test(line)) {
      for (const { made } of patterns) {
        for (const match of line.matchAll(made)) {
          const [whole, name = ''] = match;
          const at = offset + match.index + whole.indexOf(name);
          if (!found.has(name)) found.set(name, { interface: name, offset: at });
        }
      }
    }
    if (found.size >= MAX_STUBS) break;
    offset += line.length + 1;
  }
  return [...found.values()];
}
