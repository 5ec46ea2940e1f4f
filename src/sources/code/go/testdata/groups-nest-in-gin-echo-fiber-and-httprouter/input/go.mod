module example.org/groups
