export { type CgroupPlace, type ContainerPlace, parseCgroups } from './parse.ts';
