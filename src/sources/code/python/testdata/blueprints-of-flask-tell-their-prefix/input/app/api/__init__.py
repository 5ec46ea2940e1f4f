from .a import a_bp
from .b import b_bp
BLUEPRINTS = (a_bp, b_bp)
