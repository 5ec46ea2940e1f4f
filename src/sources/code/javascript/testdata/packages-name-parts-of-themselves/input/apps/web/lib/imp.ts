import { Router } from 'express'; export const imp = Router(); imp.get('/imp', h);
