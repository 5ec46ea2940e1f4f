import express from 'express'; import { r } from '@acme/router'; import { admin } from '@acme/router/admin';
import { imp } from '#lib/imp';
const app = express(); app.use('/x', r); app.use('/y', admin); app.use('/z', imp); app.listen(1);
