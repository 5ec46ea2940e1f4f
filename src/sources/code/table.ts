export { entryOf } from '../../base/pick.ts';
