import { Router } from 'express'; export const admin = Router(); admin.get('/adm', h);
