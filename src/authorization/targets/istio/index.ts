export { compileIstio } from './compile.ts';
