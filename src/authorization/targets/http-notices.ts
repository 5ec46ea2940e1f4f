import type { CalleeRules, CallerRules } from '../model/index.ts';
import { aboutOperation } from './callees.ts';
import type { Notice } from './compiled.ts';
import type { HttpRule, Unsaid } from './http-rules.ts';
import type { Breadth } from './paths/index.ts';

const NARROWED: Record<Breadth, string | undefined> = {
  utf8: undefined,
  ascii:
    'Where it has parameters, percent-encoded characters beyond ASCII are denied: the regular expression would be too long.',
  plain:
    'Where it has parameters, percent-encoded characters are denied: the regular expression would be too long.',
};
const TOO_LONG = 'It is denied: the regular expression would be too long.';
const BLURRED =
  'Parts of segments cannot be told from whole ones beside it, so it is denied where both match.';

/** What is to say of every policy, where paths are compared by regular expressions. */
export const OF_EVERY_PATH: readonly Notice[] = [
  {
    effect: 'denied',
    message:
      'Paths in which a letter, a digit, one of -._~ or a percent sign is percent-encoded are denied: they are compared as they are spelt.',
  },
  {
    effect: 'left',
    message:
      'Paths of more than 8 KiB or 256 segments are let in where parameters and wildcards take them: bound the headers of requests in the proxy.',
  },
];

/** What is to say of operations that are said by regular expressions. */
export class OperationNotices {
  readonly #notices = new Map<string, Notice>();
  readonly #callee: CalleeRules;

  constructor(callee: CalleeRules) {
    this.#callee = callee;
  }

  /** Each once. */
  all(): Notice[] {
    return [...this.#notices.values()];
  }

  unsaid(caller: CallerRules, { rule, message }: Unsaid): void {
    const notice = aboutOperation(this.#callee, caller, rule, message);
    this.#notices.set(`${notice.caller} ${notice.operation} ${message}`, notice);
  }

  /** `breadth` of the regular expressions; undefined where none were made, since they would be too long. */
  rendered(caller: CallerRules, { rule }: HttpRule, breadth: Breadth | undefined): void {
    const message = breadth === undefined ? TOO_LONG : NARROWED[breadth];
    if (message !== undefined) this.unsaid(caller, { rule, message });
  }

  blurred(caller: CallerRules, { rule }: HttpRule): void {
    this.unsaid(caller, { rule, message: BLURRED });
  }
}
