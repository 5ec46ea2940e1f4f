import { Router } from 'express'; export const r = Router(); r.get('/pkg', h);
