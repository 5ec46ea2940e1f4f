import { fullWords, partyWords } from '../../words.ts';

/** Places of services that a text means, those first that it means most likely; all of them where it is empty.
 *  @param order places, in the order in which equals come */
export function matchesOf(
  text: string,
  ids: readonly string[],
  order: readonly number[],
): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...order];
  const found: number[][] = FITS.map(() => []);
  for (const place of order) {
    const id = ids[place] ?? '';
    const fit = FITS.findIndex((fits) => fits(id, wanted));
    found[fit]?.push(place);
  }
  return found.flat();
}

const FITS: readonly ((id: string, wanted: string) => boolean)[] = [
  (id, wanted) => [id, fullWords(id), partyWords(id)].some((name) => name.toLowerCase() === wanted),
  (id, wanted) => partyWords(id).toLowerCase().startsWith(wanted),
  (id, wanted) => id.toLowerCase().includes(wanted),
];
