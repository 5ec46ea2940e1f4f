from flask_restx import Namespace, Resource

ns = Namespace('toys', path='/toys')


@ns.route('/<name>')
class Toy(Resource):
    def delete(self, name):
        return ''
