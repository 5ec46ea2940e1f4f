from flask import Flask
from flask_restful import Api, Resource

app = Flask(__name__)
api = Api(app, prefix='/v1')


class Base(Resource):
    def get(self):
        return {}


class Stock(Base):
    def put(self, sku):
        return {}


api.add_resource(Stock, '/stock', '/stock/<string:sku>')
