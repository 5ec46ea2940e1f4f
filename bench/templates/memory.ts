import { shapeOnly } from './baselines/index.ts';
import { distinctPaths } from './distinct.ts';
import { addTo } from './learners.ts';
import { createLearner } from './reeve.ts';

/** A process of its own, which takes distinct paths into memory and prints what became of them:
 *  `memory.ts reeve|shape COUNT`. */
const [, , who = '', text = '0'] = process.argv;
const count = Number(text);
const started = performance.now();
const templates = who === 'reeve' ? learn() : tally();
const seconds = (performance.now() - started) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ templates, seconds, megabytes }));

function learn(): number {
  const learner = createLearner();
  for (const path of distinctPaths(count)) {
    addTo(learner, { method: 'GET', path, status: 200, truth: 0 });
  }
  return learner.endpoints({ priors: [], corrections: [] }).length;
}

/** What a gateway with regular expressions does: one counter for each template. */
function tally(): number {
  const counts = new Map<string, number>();
  for (const path of distinctPaths(count)) {
    const template = shapeOnly.templateOf('GET', path);
    counts.set(template, (counts.get(template) ?? 0) + 1);
  }
  return counts.size;
}
