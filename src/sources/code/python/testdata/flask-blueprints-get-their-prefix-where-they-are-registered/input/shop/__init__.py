from flask import Flask

from .orders import bp as orders_bp
from .config import API_ROOT


def create_app(config=None):
    app = Flask(__name__)

    @app.route('/ready')
    def ready():
        return 'ok'

    from shop import admin, users
    app.register_blueprint(orders_bp, url_prefix=API_ROOT + '/orders')
    app.register_blueprint(users.users)
    admin.init_app(app)
    return app
