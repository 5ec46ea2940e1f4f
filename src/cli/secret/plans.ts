import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../base/fault.ts';
import { type ChangeFlags, print, withReason } from '../answers.ts';
import { collected } from '../options.ts';
import { change, toInterval } from './common.ts';
import { readJson } from './read-json.ts';
import { addRotators } from './rotators.ts';
import { toText } from './secret-text.ts';

export interface PlanFlags {
  readonly rotator: string;
  readonly every: number;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly admin?: string;
  readonly overlap?: number;
  readonly jitter?: number;
  readonly window?: readonly PlanWindow[];
  readonly deliver?: string;
}

interface PlanWindow {
  readonly days: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** `reeve secret plan`, `rotators`: how secrets are renewed. */
export function addPlans(secret: Command): void {
  withPlan(withReason(secret.command('plan <secret>').summary('say how it is renewed')))
    .option('--none', 'nothing renews it any longer')
    .action(async (text: string, flags: ChangeFlags & PlanFlags & { readonly none?: true }) => {
      const plan = flags.none ? null : planOf(flags);
      if (plan === undefined) {
        throw new Fault('client/plan-invalid', 'No plan is given', {
          hint: 'add --rotator and --every, or --none',
        });
      }
      const { reason } = flags;
      print(flags, await change(flags, text, 'plan', { plan, reason }), toText);
    });
  addRotators(secret);
}

export function withPlan(command: Command): Command {
  return command
    .option('--rotator <kind>', 'what renews it: see `reeve secret rotators`')
    .option('--every <interval>', 'how often: 24h, 7d', asInterval)
    .option('--config <file>', 'configuration of the rotator, JSON')
    .option(
      '--set <name=value>',
      'one of its settings, as in accounts.user=orders: JSON, else text; may be given again',
      collected,
    )
    .option('--admin <secret>', 'id of the secret by which the target is changed')
    .option('--overlap <interval>', 'how long the version before works on', asInterval)
    .option('--jitter <share>', 'of the interval by which it comes earlier, by lot', asShare)
    .option('--window <days,from-to>', 'only then, in UTC: sat+sun,22:00-04:00', toWindow)
    .option('--deliver <file>', 'where the value is brought, JSON: a list of places');
}

/** The plan that options say; undefined: none. */
export function planOf(flags: Partial<PlanFlags>): object | undefined {
  const { rotator, every, config, set = [], admin, overlap, jitter, window, deliver } = flags;
  if (rotator === undefined && every === undefined) return undefined;
  if (rotator === undefined || every === undefined) {
    throw new Fault('client/plan-invalid', 'A plan takes --rotator and --every', {
      hint: '`reeve secret rotators` lists what there is',
    });
  }
  const given = config === undefined ? {} : readJson(config);
  return {
    ...{ rotator, everySeconds: every },
    config: set.map(toSetting).reduce(withSetting, given),
    ...(admin !== undefined && { admin }),
    ...(overlap !== undefined && { overlapSeconds: overlap }),
    ...(jitter !== undefined && { jitter }),
    ...(window && { windows: window }),
    ...(deliver !== undefined && { deliver: readJson(deliver) }),
  };
}

type Setting = readonly [path: readonly string[], value: unknown];

/** What is JSON is that, anything else a text: `port=5432`, `host=localhost`. */
function toSetting(text: string): Setting {
  const at = text.indexOf('=');
  const path = text.slice(0, Math.max(at, 0)).split('.');
  if (path.includes('')) {
    throw new Fault('client/plan-invalid', 'A setting is written as name=value', {
      hint: 'as in --set host=localhost --set port=5432 --set accounts.user=orders',
    });
  }
  const value = text.slice(at + 1);
  try {
    return [path, JSON.parse(value)];
  } catch {
    return [path, value];
  }
}

/** A setting in its place: `accounts.user` is `user` within `accounts`, beside what stands there. */
function withSetting(into: unknown, [[name = '', ...rest], value]: Setting): object {
  const before = typeof into === 'object' && into !== null && !Array.isArray(into) ? into : {};
  const own = new Map<string, unknown>(Object.entries(before));
  own.set(name, rest.length === 0 ? value : withSetting(own.get(name), [rest, value]));
  // not by assignment: `__proto__` is a name like any other
  return Object.fromEntries(own);
}

function asInterval(text: string): number {
  try {
    return toInterval(text);
  } catch {
    throw new InvalidArgumentError('write it as 90s, 30m, 24h or 7d.');
  }
}

function asShare(text: string): number {
  const share = Number(text);
  if (share >= 0 && share <= 0.5) return share;
  throw new InvalidArgumentError('use a number from 0 to 0.5.');
}

function toWindow(text: string, before: readonly PlanWindow[] = []): readonly PlanWindow[] {
  const [, days, from, to] = /^([a-z+]+),(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  if (days !== undefined && from !== undefined && to !== undefined) {
    return [...before, { days: days.split('+'), from, to }];
  }
  throw new InvalidArgumentError('write it as sat+sun,22:00-04:00.');
}
