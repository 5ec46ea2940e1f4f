export { compileLinkerd } from './compile.ts';
