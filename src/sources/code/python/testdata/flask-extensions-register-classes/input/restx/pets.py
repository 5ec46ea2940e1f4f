from flask_restx import Namespace, Resource

ns = Namespace('pets', description='Pets')


@ns.route('/', '/all')
class PetList(Resource):
    @ns.doc('list_pets')
    def get(self):
        return []

    @ns.expect({})
    def post(self):
        return {}


@ns.route('/<int:id>')
class Pet(Resource):
    def get(self, id):
        return {}
