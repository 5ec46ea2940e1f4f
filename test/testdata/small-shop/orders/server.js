const express = require('express');
const app = express();
app.get('/orders/:orderId', (request, response) => response.json({}));
app.get('/orders', (request, response) => response.json([]));
app.get('/debug/customers', (request, response) => response.json([]));
app.listen(8080);
