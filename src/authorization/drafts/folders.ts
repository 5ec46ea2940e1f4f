import { posix } from 'node:path';
import { compareText } from '../../base/diagnostic.ts';
import type { JudgedEstate } from '../../estate/index.ts';

/** The folder of each service, by its id: the highest one that speaks of it and of no other service. Services whose
 *  files all lie among those of others have none. */
export function foldersOf({
  services,
  endpoints,
}: Pick<JudgedEstate, 'services' | 'endpoints'>): Map<string, string> {
  const mentions = new Map<string, Set<string>>();
  const mention = (service: string, file: string | undefined): void => {
    if (file === undefined) return;
    const folders = mentions.get(service) ?? new Set();
    mentions.set(service, folders.add(posix.dirname(file)));
  };
  for (const { id, sources } of services) for (const { file } of sources) mention(id, file);
  for (const { service, declaredIn, implementedIn } of endpoints) {
    for (const { file } of [...declaredIn, ...implementedIn]) mention(service, file);
  }
  const servicesIn = countServices(mentions);
  return new Map(
    [...mentions].flatMap(([service, folders]) => {
      const [own] = [...folders].filter((one) => servicesIn.get(one) === 1).sort(compareFolders);
      return own === undefined ? [] : [[service, own] as const];
    }),
  );
}

/** How many services each folder speaks of, the folders below it included. */
function countServices(mentions: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> {
  const services = new Map<string, Set<string>>();
  for (const [service, folders] of mentions) {
    for (const folder of folders) {
      for (let above = folder; ; above = posix.dirname(above)) {
        services.set(above, (services.get(above) ?? new Set()).add(service));
        if (above === '.' || above === '/') break;
      }
    }
  }
  return new Map([...services].map(([folder, ids]) => [folder, ids.size]));
}

function compareFolders(a: string, b: string): number {
  return a.split('/').length - b.split('/').length || compareText(a, b);
}
