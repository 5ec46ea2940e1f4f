module.exports = async function (fastify) {
  fastify.post('/charge', async () => 1);
};
module.exports.autoPrefix = '/payments';
