const request = require('supertest');
const app = require('../src/app');
app.get('/only-in-a-test', () => {});
request(app).get('/users').expect(200);
