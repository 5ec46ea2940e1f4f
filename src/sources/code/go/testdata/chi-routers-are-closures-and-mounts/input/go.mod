module example.org/chi
