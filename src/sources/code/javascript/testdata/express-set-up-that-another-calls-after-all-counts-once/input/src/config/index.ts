export default { port: 3, api: { prefix: '/api' } };
