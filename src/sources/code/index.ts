export { go } from './go/index.ts';
export { java } from './java/index.ts';
export { javascript } from './javascript/index.ts';
export { python } from './python/index.ts';
