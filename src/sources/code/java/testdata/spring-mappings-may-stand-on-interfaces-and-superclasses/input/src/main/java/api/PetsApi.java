package api;
@RequestMapping("/pets")
public interface PetsApi {
    @GetMapping("/{petId}")
    Pet show(@PathVariable("petId") Long petId);
    @DeleteMapping("/{petId}")
    default void remove(@PathVariable("petId") Long petId) {}
}
