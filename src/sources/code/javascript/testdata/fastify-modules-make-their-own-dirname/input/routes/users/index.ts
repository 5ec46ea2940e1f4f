import { FastifyPluginAsync } from 'fastify';
const p: FastifyPluginAsync = async (app) => { app.get('/', async () => []); };
export default p;
