from flask import Blueprint, Flask
from flask_restx import Api

from .pets import ns as pets
from .toys import ns as toys

blueprint = Blueprint('api', __name__, url_prefix='/api')
api = Api(blueprint, version='1.0')
api.add_namespace(pets)
api.add_namespace(toys, path='/playthings')
app = Flask(__name__)
app.register_blueprint(blueprint)
