import { bootstrap } from './bootstrap';
bootstrap().catch(console.error);
