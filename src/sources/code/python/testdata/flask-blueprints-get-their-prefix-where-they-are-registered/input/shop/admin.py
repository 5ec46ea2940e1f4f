from flask import Blueprint

admin = Blueprint('admin', __name__, url_prefix='/admin')


def protected(rule, **options):
    return admin.route('/protected' + rule, **options)


@protected('/reports', methods=['GET'])
def reports():
    return []


def init_app(app):
    app.register_blueprint(admin)
    app.add_url_rule('/about', 'about', lambda: 'us')
