import { KINDS } from './identifiers.ts';
import { seeded } from './random.ts';
import { STYLES } from './traffic.ts';

const TEMPLATES = `
  /api/v1/customers/* /api/v1/customers/*/orders/* /api/v1/orders/*/items /api/v1/files/*
  /api/v1/orgs/*/projects/*/builds/* /api/v1/orgs/*/members/* /blog/*/* /api/v2/search/*/facets
  /api/v1/devices/*/readings/*/raw /*/*/commits/* /api/v1/users/*/sessions /tags/*`
  .trim()
  .split(/\s+/);
const OWN = ['customers', 'orders', 'items', 'files', 'projects', 'builds', 'members', 'readings'];

/** As many paths as wanted, no two equal, of a dozen templates and all styles of identifiers. */
export function* distinctPaths(count: number, seed = 1): Generator<string> {
  const random = seeded(seed);
  for (let index = 0; index < count; index++) {
    const template = TEMPLATES[index % TEMPLATES.length] ?? '/*';
    const style = STYLES[random.below(STYLES.length)] ?? 'number';
    const mark = index.toString(36);
    const isDigits = style === 'number' || style === 'date';
    let left = template.split('*').length - 1;
    yield template.replace(/\*/g, () => {
      const value = random.pick(KINDS[style])(random, OWN);
      left--;
      if (left > 0) return value;
      if (style === 'number') return `${value}${index}`;
      return isDigits || style === 'uuid' ? `${value}-${mark}` : `${mark}${value}`;
    });
  }
}
