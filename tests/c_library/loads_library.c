/* Loads libels.so while it runs, as a proxy loads a module, and picks. */

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "els/c_api.h"

typedef els_status (*new_fn)(const els_options*, els_balancer**, char*, size_t);
typedef els_status (*set_fn)(els_balancer*, const els_backend*, size_t,
                             uint64_t, char*, size_t);
typedef els_status (*pick_fn)(els_balancer*, const els_id*, size_t, uint64_t,
                              els_ticket*);
typedef els_id (*id_fn)(const els_ticket*);
typedef els_status (*finish_fn)(const els_ticket*, els_outcome, uint64_t);
typedef void (*free_fn)(els_balancer*);

/* ISO C has no conversion from an object's pointer to a function's. */
static void Find(void* library, const char* name, void* function) {
  void* found = dlsym(library, name);
  if (found == NULL) fprintf(stderr, "%s\n", dlerror());
  memcpy(function, &found, sizeof found);
}

static int Picks(void* library) {
  new_fn make;
  set_fn set;
  pick_fn pick;
  id_fn id;
  finish_fn finish;
  free_fn end;
  els_balancer* balancer = NULL;
  els_backend backend = ELS_BACKEND_INIT;
  els_ticket ticket;
  int as_it_should;
  Find(library, "els_balancer_new", &make);
  Find(library, "els_balancer_set_backends", &set);
  Find(library, "els_balancer_pick", &pick);
  Find(library, "els_ticket_id", &id);
  Find(library, "els_ticket_finish", &finish);
  Find(library, "els_balancer_free", &end);
  backend.id.data = "10.0.0.1:80";
  backend.id.size = strlen(backend.id.data);
  as_it_should = make(NULL, &balancer, NULL, 0) == ELS_OK &&
                 set(balancer, &backend, 1, 1, NULL, 0) == ELS_OK &&
                 pick(balancer, NULL, 0, 2, &ticket) == ELS_OK &&
                 id(&ticket).size == backend.id.size &&
                 finish(&ticket, ELS_SUCCESS, 3) == ELS_OK;
  end(balancer);
  return as_it_should;
}

int main(int argc, char** argv) {
  void* library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  if (library == NULL) {
    fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "usage: PROGRAM LIBRARY");
    return 1;
  }
  if (!Picks(library)) return 1;
  printf("picked\n");
  return 0;
}
