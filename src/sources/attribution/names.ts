/** How names of one service differ between a manifest, a folder, an image and a package. */

/** Words that say "this is a service" and nothing of which one. */
const NOISE =
  /[-_.](?:service|services|svc|srv|server|api|app|application|backend|microservice|ms)$/;
const GLUED_NOISE = /(?<=.{3})(?:microservice|service|svc|server|api)$/;

/** `Cart_Service`, `cart-service`, `cartservice` and `Cart.API` become `cart`: equal keys are the same
 *  service when no better match exists. */
export function looseKey(name: string): string {
  let key = name
    .replace(/^@[^/]+\//, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[_.\s]+/g, '-');
  for (let before = ''; before !== key && NOISE.test(key); ) {
    before = key;
    key = key.replace(NOISE, '');
  }
  return key.replace(GLUED_NOISE, '').replace(/-/g, '') || name.toLowerCase();
}

/** `registry.example:5000/shop/orders:1.2@sha256:…` becomes `orders`. */
export function imageName(image: string): string {
  return (image.split('/').at(-1) ?? image).replace(/[:@].*$/s, '');
}

/** A title as a service's name: `Payments API v1` becomes `payments-api-v1`. */
export function toSlug(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 63) || 'unnamed'
  );
}

/** The folder of a path: `''` for a file at the root. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}

/** A path and every folder around it, innermost first, the root (`''`) last. */
export function enclosing(path: string): string[] {
  const all = [path];
  for (let folder = path; folder !== ''; ) {
    folder = folderOf(folder);
    all.push(folder);
  }
  return all;
}

/** How many leading folders two paths share. */
export function sharedDepth(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  let depth = 0;
  while (depth < left.length && left[depth] === right[depth]) depth++;
  return depth;
}
