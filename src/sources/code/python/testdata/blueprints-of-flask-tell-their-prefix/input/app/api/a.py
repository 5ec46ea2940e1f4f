from flask import Blueprint
a_bp = Blueprint('a', __name__, url_prefix='/a')
@a_bp.route('/one')
def one(): ...
