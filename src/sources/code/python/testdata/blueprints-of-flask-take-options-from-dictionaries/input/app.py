from flask import Flask, Blueprint
opts = {'url_prefix': '/opt'}
bp = Blueprint('x', __name__, **opts)
@bp.route('/a')
def a(): ...
class Mod:
    blueprint = Blueprint('m', __name__, url_prefix='/m')
    @blueprint.route('/b')
    def b(): ...
BLUEPRINTS = [(bp, None), (Mod.blueprint, '/mm')]
def create_app():
    app = Flask(__name__)
    for b, p in BLUEPRINTS:
        app.register_blueprint(b, url_prefix=p)
    return app
