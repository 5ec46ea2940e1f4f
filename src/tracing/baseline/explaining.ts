import type { Hop } from '../hop.ts';
import type { TracingNames } from '../names.ts';
import type { EstateView } from '../ports.ts';
import type { Moment } from './moment.ts';
import type { Services } from './services.ts';
import { SERVICE } from './services.ts';
import type { BaselineSettings } from './settings.ts';
import { EXPLANATION, type Explanation } from './usual.ts';

/** What the estate says about changes. */
export type ChangeView = Pick<EstateView, 'changedAt' | 'policy'>;

const HOUR = 3_600;

/** Says what explains that a hop is of something new. Costs texts: only asked about what is new. */
export class Explaining {
  readonly #names: TracingNames;
  readonly #services: Services;
  readonly #settings: BaselineSettings;
  readonly #changes: ChangeView | undefined;

  constructor(
    names: TracingNames,
    services: Services,
    settings: BaselineSettings,
    changes: ChangeView | undefined,
  ) {
    this.#names = names;
    this.#services = services;
    this.#settings = settings;
    this.#changes = changes;
  }

  /** The best that there is. */
  explain(hop: Hop, when: Moment): Explanation {
    if (this.#isDeclared(hop)) return EXPLANATION.declared;
    if (this.#isRolledOut(hop.caller, when) || this.#isRolledOut(hop.callee, when)) {
      return EXPLANATION.rollout;
    }
    return this.#isDeployed(hop.caller, when) ? EXPLANATION.version : EXPLANATION.none;
  }

  #isDeclared({ caller, callee, endpoint }: Hop): boolean {
    if (this.#changes === undefined || caller === 0 || callee === 0) return false;
    const { services } = this.#names;
    const operation = this.#names.endpointOf(endpoint);
    const word = this.#changes.policy(services.text(caller), services.text(callee), operation);
    return word === 'declared';
  }

  #isRolledOut(service: number, when: Moment): boolean {
    if (this.#changes === undefined || service === 0) return false;
    return this.#isRecent(
      this.#changes.changedAt(this.#names.services.text(service)) / 1_000,
      when,
    );
  }

  /** Whoever runs something new all the time has explained nothing. */
  #isDeployed(service: number, when: Moment): boolean {
    if (service === 0) return false;
    const { rows } = this.#services;
    const isToday = when.day - rows.word(service, SERVICE.versionDay) <= 1;
    const versions = isToday ? rows.word(service, SERVICE.versionsThatDay) : 0;
    if (versions > this.#settings.maxDeploymentsADay) return false;
    return this.#isRecent(rows.word(service, SERVICE.deployed), when);
  }

  #isRecent(second: number, when: Moment): boolean {
    const ago = when.second - second;
    return second > 0 && ago >= -HOUR && ago < this.#settings.deploymentHours * HOUR;
  }
}
