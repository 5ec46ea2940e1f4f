import { groupBy } from '../../base/group-by.ts';
import type { OperationRule } from '../model/index.ts';
import { EVERY_METHOD } from '../operations/index.ts';
import type { RelationStanding, Standing } from './standing.ts';

const EVERYTHING = '**';
const PROTOCOLS = ['graphql', 'event'] as const;

interface NamedSpot {
  readonly protocol: string;
  readonly method: string;
  readonly name: string;
  /** Undefined: it is not let in. */
  readonly standing: Standing | undefined;
}

/** What a relation comes to for GraphQL and events. */
export function toNamedRules(standing: RelationStanding): OperationRule[] {
  const known = namedSpots(standing);
  const [every] = standing.wide.filter(({ operation }) => operation.kind === 'every');
  const conditions = standing.whereUnknown(EVERY_METHOD);
  if (!every || !conditions) return known.flatMap(toRule);
  const everything: Standing = { conditions, because: [every.source] };
  return PROTOCOLS.flatMap((protocol) =>
    toWideRules(
      protocol,
      known.filter((one) => one.protocol === protocol),
      everything,
    ),
  );
}

function toWideRules(
  protocol: (typeof PROTOCOLS)[number],
  known: readonly NamedSpot[],
  everything: Standing,
): OperationRule[] {
  const others = known.filter(({ standing }) => !isLike(standing, everything));
  const byMethod = [...groupBy(others, ({ method }) => method)];
  const wide = { protocol, also: [], ...everything, path: EVERYTHING };
  return [
    ...others.flatMap(toRule),
    ...byMethod.map(([method, spots]) => ({
      ...wide,
      method,
      exceptMethods: [],
      except: spots.map(({ name }) => name).sort(),
    })),
    {
      ...wide,
      method: EVERY_METHOD,
      exceptMethods: byMethod.map(([method]) => method).sort(),
      except: [],
    },
  ];
}

function isLike(standing: Standing | undefined, everything: Standing): boolean {
  return standing !== undefined && standing.conditions.join() === everything.conditions.join();
}

function toRule({ protocol, method, name, standing }: NamedSpot): OperationRule[] {
  const of = PROTOCOLS.find((one) => one === protocol);
  return of && standing
    ? [{ protocol: of, method, exceptMethods: [], path: name, also: [], except: [], ...standing }]
    : [];
}

function namedSpots(standing: RelationStanding): NamedSpot[] {
  const { tables, callee } = standing;
  return [...tables.callees.namedOf(callee)].map(([key, spot]) => {
    const [protocol = '', method = ''] = key.split(' ', 2);
    const name = key.slice(protocol.length + method.length + 2);
    return { protocol, method, name, standing: standing.at(spot, method, EVERY_METHOD) };
  });
}
