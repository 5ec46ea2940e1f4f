from flask import Blueprint
b_bp = Blueprint('b', __name__, url_prefix='/b')
@b_bp.route('/two', methods=('POST',))
def two(): ...
