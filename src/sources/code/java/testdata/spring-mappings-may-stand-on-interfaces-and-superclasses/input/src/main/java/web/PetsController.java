package web;
import api.PetsApi;
@ApiController
public class PetsController extends CrudController<Pet> implements PetsApi {
    @Override
    public Pet show(Long petId) { return null; }
}
