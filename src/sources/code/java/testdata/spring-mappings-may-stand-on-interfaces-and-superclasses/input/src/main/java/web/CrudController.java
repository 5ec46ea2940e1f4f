package web;
public abstract class CrudController<T> {
    @PostMapping
    public T create(@RequestBody T body) { return body; }
    @Secured("ROLE_ADMIN")
    @PutMapping("/all")
    public void replace() {}
}
