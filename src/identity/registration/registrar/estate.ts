import { compareText } from '../../../base/diagnostic.ts';
import {
  planRegistrations,
  type RegisterableService,
  type RegistrationRules,
  type Unregistered,
} from '../automatic/index.ts';
import type { EntryIndex } from '../entry-index.ts';
import type { Amendment } from './amendment.ts';

/** How the estate comes to its entries. */
export interface EstateRules extends RegistrationRules {
  /** Whether services are registered without being asked for; if not, entries only end with them. */
  readonly isAutomatic: boolean;
}

/** What to do so that the entries are those that the estate calls for. */
export interface EstatePlan {
  readonly amendments: readonly Amendment[];
  /** Services without an identity, sorted. One that a person has registered has one. */
  readonly unregistered: readonly Unregistered[];
}

const ACTOR = 'estate';

export function planForEstate(
  services: readonly RegisterableService[],
  index: EntryIndex,
  rules: EstateRules,
  now: number,
): EstatePlan {
  const existing = [...index.entries()];
  const plan = planRegistrations(services, existing, rules, now);
  const by = { actor: ACTOR, reason: '' };
  const added = rules.isAutomatic ? plan.add : [];
  const notAdded = rules.isAutomatic ? [] : plan.add.flatMap((entry) => entry.services);
  const registered = new Set(
    existing.flatMap(({ origin, services: ids }) => (origin === 'person' ? ids : [])),
  );
  return {
    amendments: [
      ...plan.retire.map(
        ({ entry, because }): Amendment => ({
          what: 'retire',
          entry,
          by: { actor: ACTOR, reason: because },
        }),
      ),
      ...plan.update.flatMap((entry): Amendment[] => {
        const before = index.get(entry.id);
        return before === undefined ? [] : [{ what: 'update', before, entry, by }];
      }),
      ...added.map((entry): Amendment => ({ what: 'register', entry, by })),
    ],
    unregistered: [
      ...plan.unregistered,
      ...notAdded.map((service) => ({ service, because: NOT_AUTOMATIC })),
    ]
      .filter(({ service }) => !registered.has(service))
      .sort((a, b) => compareText(a.service, b.service) || compareText(a.because, b.because)),
  };
}

const NOT_AUTOMATIC =
  'services are not registered by themselves here: register it, or set `identity.registration.automatic`';
