import { EVERY_METHOD } from '../operations/index.ts';

/** Number of the method that stands for every one; no request has it. */
export const EVERY = 0;
/** Number of a method that nothing known has. */
export const OTHER = -1;

/** Methods that a policy speaks of, by number. */
export class Methods {
  readonly #names: string[] = [EVERY_METHOD];
  readonly #numbers = new Map<string, number>();

  constructor() {
    for (const name of ['GET', 'HEAD']) this.add(name);
  }

  add(name: string): number {
    if (name === EVERY_METHOD) return EVERY;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  /** Of a method as it was sent: undefined where none is spoken of by that name. */
  numberOf(sent: string): number | undefined {
    return this.#numbers.get(sent);
  }

  nameOf(number: number): string {
    return this.#names[number] ?? EVERY_METHOD;
  }
}

const fixed = new Methods();
export const GET = fixed.add('GET');
export const HEAD = fixed.add('HEAD');
