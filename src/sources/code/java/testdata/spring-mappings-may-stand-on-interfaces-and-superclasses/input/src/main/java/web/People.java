package web;
@RepositoryRestResource(path = "people")
public interface People extends CrudRepository<Person, Long> {}
