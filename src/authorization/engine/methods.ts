import { EVERY_METHOD } from '../operations/index.ts';

/** Number of the method that stands for every one; no request has it. */
export const EVERY = 0;
/** Number of a method that nothing known has. */
export const OTHER = -1;

/** A text that was just made has no hash yet, which a Map would need; those of the usual methods differ by this. */
const MARKS = 64;
const markOf = (name: string): number => (name.length * 7 + name.charCodeAt(0)) & (MARKS - 1);

/** Methods that a policy speaks of, by number. */
export class Methods {
  readonly #names: string[] = [EVERY_METHOD];
  readonly #numbers = new Map<string, number>();
  /** One method each of those with a mark; `EVERY`: none. */
  readonly #byMark = new Int32Array(MARKS);

  constructor() {
    for (const name of ['GET', 'HEAD']) this.add(name);
  }

  add(name: string): number {
    if (name === EVERY_METHOD) return EVERY;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    this.#byMark[markOf(name)] ||= number;
    return number;
  }

  /** Of a method as it was sent: undefined where none is spoken of by that name. */
  numberOf(sent: string): number | undefined {
    const number = this.#byMark[markOf(sent)] ?? EVERY;
    if (number !== EVERY && this.#names[number] === sent) return number;
    return this.#numbers.get(sent);
  }

  nameOf(number: number): string {
    return this.#names[number] ?? EVERY_METHOD;
  }
}

const fixed = new Methods();
export const GET = fixed.add('GET');
export const HEAD = fixed.add('HEAD');
