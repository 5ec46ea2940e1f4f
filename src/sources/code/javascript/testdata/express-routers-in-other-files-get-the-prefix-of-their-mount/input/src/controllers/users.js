const axios = require('axios');
exports.list = (req, res) => axios.get('/remote', { params: {} });
exports.show = (req, res) => res.end();
exports.update = (req, res) => res.end();
