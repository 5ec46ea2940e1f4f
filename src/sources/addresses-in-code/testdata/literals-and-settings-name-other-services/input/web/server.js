// const old = 'http://commented:80/';
const catalogue = process.env.CATALOGUE_HOST || 'catalogue';
const docs = 'https://example.com/docs'; // see http://also-commented/
fetch('http://user:8080/customers/');
axios.post(`http://orders/orders/${order.id}/pay?x=1`, {});
axios.get('http://cart/carts/' + id);
client.connect('localhost:1234', '127.0.0.1:80');
const options = { templateUrl: 'page.html', serverName: 'x', target: 'dns:///shipping:50051' };
