export { compileKuma } from './compile.ts';
