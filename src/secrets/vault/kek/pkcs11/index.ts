export { Pkcs11Kek } from './pkcs11-kek.ts';
