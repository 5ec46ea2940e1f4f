import type { Sighting } from '../../src/estate/index.ts';
import type { TemplateLearner } from '../../src/inventory/templates/port.ts';
import type { Learned } from './score.ts';
import type { Request } from './traffic.ts';

/** Something that turns requests into templates: Reeve's learner, or another system's rule. */
export interface Contestant {
  readonly name: string;
  learn(requests: readonly Request[]): Learned;
}

const SERVICE: Sighting['service'] = {
  key: 'name //bench',
  subject: { by: 'name', name: 'bench' },
};
const NOTHING_KNOWN = { priors: [], corrections: [] };

/** Reeve's learner, which is told nothing but the requests. */
export function reeve(create: () => TemplateLearner): Contestant {
  return {
    name: 'Reeve',
    learn: (requests) => {
      const learner = create();
      for (const request of requests) addTo(learner, request);
      const endpoints = learner.endpoints(NOTHING_KNOWN);
      return {
        templates: endpoints.map(({ method, template, tally }) => ({
          method,
          template,
          statuses: [...tally.statuses.keys()],
        })),
        match: (method, path) => learner.match(method, path),
      };
    },
  };
}

export function addTo(
  learner: Pick<TemplateLearner, 'tallyOf'>,
  { method, path, status }: Request,
): void {
  learner.tallyOf(method, path).add({
    service: SERVICE,
    protocol: 'http',
    method,
    path,
    status,
    count: 1,
    firstAt: 0,
    lastAt: 0,
  });
}
