/* els in Apache httpd: `ProxySet lbmethod=els` in a balancer.
 *
 * The life of a request: Choose picks a worker when mod_proxy_balancer asks for
 * one; Watch sees what is sent to the user, so when the answer begins and
 * whether it was cut; End hears that the proxy is done with the request.
 * Another call of Choose for the same request says that the attempt before has
 * failed.
 *
 * Each process has a balancer of its own for each balancer of the
 * configuration, shared by its threads. */

/* Needed by the other headers of httpd. */
/* clang-format off */
#include <httpd.h>
/* clang-format on */
#include <apr_hash.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <mod_proxy.h>
#include <string.h>
#include <time.h>
#include <util_filter.h>

#include "els/c_api.h"
#include "els/c_options_text.h"

extern module AP_MODULE_DECLARE_DATA lbmethod_els_module;
APLOG_USE_MODULE(lbmethod_els);

/* Lines of els's options. Of the whole server: set while the configuration is
 * read, and constant then. */
static const char* options_text = "";

/* What this process knows of a balancer of the configuration. Made and changed
 * under the lock that mod_proxy_balancer holds while it asks for a worker. */
typedef struct {
  els_balancer* els;
  apr_uint64_t set; /* Which workers els knows: see Fingerprint. */
} known_balancer;

/* By proxy_balancer*. Balancers are added under `lock`. */
static apr_hash_t* balancers;
static apr_thread_mutex_t* lock;
static apr_pool_t* process_pool;

/* What goes on for a request. */
typedef struct {
  els_ticket ticket;
  int open;                  /* The ticket is to be finished. */
  int answered;              /* The user has got some of the answer. */
  int cut;                   /* The answer ended before its end. */
  int watched;               /* Watch is among the filters. */
  apr_time_t timeout;        /* Of the worker; 0: none. */
  uint64_t since_ns;         /* The pick. */
  apr_array_header_t* tried; /* els_id of the workers that were picked. */
} attempt;

static ap_filter_rec_t* watch_filter;
static APR_OPTIONAL_FN_TYPE(proxy_balancer_get_best_worker) * best_worker;

static uint64_t Now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static els_id IdOf(const proxy_worker* worker) {
  els_id id;
  id.data = worker->s->name_ex;
  id.size = strlen(id.data);
  return id;
}

static proxy_worker** Workers(const proxy_balancer* balancer) {
  return (proxy_worker**)balancer->workers->elts;
}

/* -- What els is told of an attempt ---------------------------------------- */

/* What a whole answer says of its worker. */
static els_outcome OutcomeOf(int status) {
  if (status == HTTP_TOO_MANY_REQUESTS || status >= 500) return ELS_FAILURE;
  return status >= 400 ? ELS_NEUTRAL : ELS_SUCCESS;
}

static void Finish(attempt* now, els_outcome outcome) {
  if (!now->open) return;
  now->open = 0;
  els_ticket_finish(&now->ticket, outcome, Now());
}

/* The request is gone, and nobody has said how the attempt ended. */
static apr_status_t Forget(void* data) {
  Finish(data, ELS_CANCELLED);
  return APR_SUCCESS;
}

static attempt* AttemptOf(request_rec* r) {
  attempt* now = ap_get_module_config(r->request_config, &lbmethod_els_module);
  if (now == NULL) {
    now = apr_pcalloc(r->pool, sizeof *now);
    now->tried = apr_array_make(r->pool, 2, sizeof(els_id));
    ap_set_module_config(r->request_config, &lbmethod_els_module, now);
    apr_pool_cleanup_register(r->pool, now, Forget, apr_pool_cleanup_null);
  }
  return now;
}

static apr_status_t Watch(ap_filter_t* filter, apr_bucket_brigade* brigade) {
  attempt* now = filter->ctx;
  apr_bucket* bucket;
  if (now->open && !now->answered) {
    now->answered = 1;
    els_ticket_answered(&now->ticket, OutcomeOf(filter->r->status), Now());
  }
  /* How mod_proxy says that the backend ended its answer too soon. */
  for (bucket = APR_BRIGADE_FIRST(brigade);
       bucket != APR_BRIGADE_SENTINEL(brigade);
       bucket = APR_BUCKET_NEXT(bucket)) {
    if (AP_BUCKET_IS_ERROR(bucket)) now->cut = 1;
  }
  return ap_pass_brigade(filter->next, brigade);
}

/* A backend that has answered nothing has failed, or has let its time pass. */
static els_outcome EndOf(const attempt* now, const request_rec* r) {
  /* First: after a cut answer httpd itself ends the connection to the user. */
  if (now->cut) return ELS_FAILURE;
  if (r->connection->aborted) return ELS_CANCELLED;
  if (now->answered) return OutcomeOf(r->status);
  if (now->timeout > 0 &&
      Now() - now->since_ns >= (uint64_t)now->timeout * 1000) {
    return ELS_TIMEOUT;
  }
  return ELS_FAILURE;
}

static int End(proxy_worker* worker, proxy_balancer* balancer, request_rec* r,
               proxy_server_conf* conf) {
  attempt* now = ap_get_module_config(r->request_config, &lbmethod_els_module);
  (void)worker;
  (void)balancer;
  (void)conf;
  if (now != NULL) Finish(now, EndOf(now, r));
  return DECLINED;
}

/* -- The choice -------------------------------------------------------------
 */

/* Changes whenever els has to be told of the workers anew. */
static apr_uint64_t Fingerprint(const proxy_balancer* balancer) {
  apr_uint64_t set = 1469598103934665603u;
  int i;
  for (i = 0; i < balancer->workers->nelts; ++i) {
    const proxy_worker* worker = Workers(balancer)[i];
    set = (set ^ worker->s->hash.def) * 1099511628211u;
    set = (set ^ worker->s->hash.fnv) * 1099511628211u;
    set = (set ^ (apr_uint64_t)worker->s->lbfactor) * 1099511628211u;
  }
  return set;
}

static void TellSet(known_balancer* known, const proxy_balancer* balancer,
                    request_rec* r) {
  const apr_uint64_t set = Fingerprint(balancer);
  const int count = balancer->workers->nelts;
  els_backend* backends;
  char why[200];
  int i;
  if (known->set == set) return;
  backends =
      apr_pcalloc(r->pool, sizeof(els_backend) * (apr_size_t)(count + 1));
  for (i = 0; i < count; ++i) {
    const els_backend none = ELS_BACKEND_INIT;
    backends[i] = none;
    backends[i].id = IdOf(Workers(balancer)[i]);
    backends[i].tag = (uint64_t)i;
    backends[i].weight = Workers(balancer)[i]->s->lbfactor / 100.0;
  }
  if (els_balancer_set_backends(known->els, backends, (size_t)count, Now(), why,
                                sizeof why) == ELS_OK) {
    known->set = set;
  } else {
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "els: %s: %s", balancer->s->name,
                  why);
  }
}

static known_balancer* Make(const proxy_balancer* balancer, request_rec* r) {
  els_options options;
  char why[200];
  known_balancer* made = apr_pcalloc(process_pool, sizeof *made);
  els_options_init(&options, sizeof options);
  els_options_parse(&options, options_text, strlen(options_text), NULL, 0);
  if (els_balancer_new(&options, &made->els, why, sizeof why) != ELS_OK) {
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "els: %s: %s", balancer->s->name,
                  why);
    return NULL;
  }
  return made;
}

static known_balancer* Known(const proxy_balancer* balancer, request_rec* r) {
  known_balancer* known;
  apr_thread_mutex_lock(lock);
  known = apr_hash_get(balancers, &balancer, sizeof balancer);
  if (known == NULL) {
    known = Make(balancer, r);
    if (known != NULL) {
      apr_hash_set(balancers,
                   apr_pmemdup(process_pool, &balancer, sizeof balancer),
                   sizeof balancer, known);
    }
  }
  apr_thread_mutex_unlock(lock);
  return known;
}

/* Collects the workers that may be asked: httpd knows of sets of workers, of
 * spares and standbys, and of those that are disabled or in error. */
static int Collect(proxy_worker* worker, proxy_worker* best, void* data) {
  *(proxy_worker**)apr_array_push(data) = worker;
  return best == NULL;
}

static int Has(const apr_array_header_t* workers, const proxy_worker* worker) {
  int i;
  for (i = 0; i < workers->nelts; ++i) {
    if (((proxy_worker**)workers->elts)[i] == worker) return 1;
  }
  return 0;
}

/* Picks one of `usable`, and of those one that has not been tried, if any. */
static proxy_worker* Pick(known_balancer* known, proxy_balancer* balancer,
                          const apr_array_header_t* usable, attempt* now,
                          apr_pool_t* pool) {
  const int untried = now->tried->nelts < usable->nelts;
  apr_array_header_t* avoid =
      untried ? apr_array_copy(pool, now->tried)
              : apr_array_make(pool, balancer->workers->nelts, sizeof(els_id));
  proxy_worker* picked;
  int i;
  for (i = 0; i < balancer->workers->nelts; ++i) {
    proxy_worker* worker = Workers(balancer)[i];
    if (!Has(usable, worker)) *(els_id*)apr_array_push(avoid) = IdOf(worker);
  }
  now->since_ns = Now();
  if (els_balancer_pick(known->els, (els_id*)avoid->elts, (size_t)avoid->nelts,
                        now->since_ns, &now->ticket) != ELS_OK) {
    return NULL;
  }
  picked = now->ticket.tag < (uint64_t)balancer->workers->nelts
               ? Workers(balancer)[now->ticket.tag]
               : NULL;
  if (picked == NULL || !Has(usable, picked)) {
    els_ticket_drop(&now->ticket);
    return NULL;
  }
  return picked;
}

static proxy_worker* Choose(proxy_balancer* balancer, request_rec* r) {
  apr_array_header_t* usable =
      apr_array_make(r->pool, balancer->workers->nelts, sizeof(proxy_worker*));
  proxy_worker* const first = best_worker(balancer, r, Collect, usable);
  known_balancer* const known = Known(balancer, r);
  attempt* const now = AttemptOf(r);
  proxy_worker* picked;
  Finish(now, EndOf(now, r)); /* The attempt before, if any. */
  if (first == NULL || known == NULL) return first;
  TellSet(known, balancer, r);
  picked = Pick(known, balancer, usable, now, r->pool);
  if (picked == NULL) return first;
  now->open = 1;
  now->answered = 0;
  now->cut = 0;
  now->timeout =
      picked->s->timeout_set ? picked->s->timeout : r->server->timeout;
  *(els_id*)apr_array_push(now->tried) = IdOf(picked);
  if (!now->watched) {
    now->watched = 1;
    ap_add_output_filter_handle(watch_filter, now, r, r->connection);
  }
  return picked;
}

/* -- The module -------------------------------------------------------------
 */

static apr_status_t Nothing(proxy_balancer* balancer, server_rec* s) {
  (void)balancer;
  (void)s;
  return APR_SUCCESS;
}

static const proxy_balancer_method method = {"els",    &Choose,  NULL,
                                             &Nothing, &Nothing, NULL};

static const char* SetOption(cmd_parms* command, void* config,
                             const char* option) {
  static const char kLine[] = "line 1: "; /* Httpd says which it is. */
  char why[400];
  const char* what = why;
  els_options options;
  (void)config;
  els_options_init(&options, sizeof options);
  els_options_parse(&options, options_text, strlen(options_text), NULL, 0);
  if (els_options_parse(&options, option, strlen(option), why, sizeof why) !=
      ELS_OK) {
    if (strncmp(what, kLine, strlen(kLine)) == 0) what += strlen(kLine);
    return apr_pstrcat(command->pool, "ElsOptions: ", what, NULL);
  }
  options_text = apr_pstrcat(command->pool, options_text, option, "\n", NULL);
  return NULL;
}

static const command_rec directives[] = {
    AP_INIT_ITERATE("ElsOptions", SetOption, NULL, RSRC_CONF,
                    "options of els, name=value, of all balancers"),
    {NULL, {NULL}, NULL, 0, 0, NULL}};

static int BeforeConfiguration(apr_pool_t* pool, apr_pool_t* log,
                               apr_pool_t* temporary) {
  (void)pool;
  (void)log;
  (void)temporary;
  options_text = "";
  return OK;
}

static apr_status_t FreeBalancers(void* data) {
  apr_hash_index_t* at;
  (void)data;
  for (at = apr_hash_first(NULL, balancers); at; at = apr_hash_next(at)) {
    void* known;
    apr_hash_this(at, NULL, NULL, &known);
    els_balancer_free(((known_balancer*)known)->els);
  }
  return APR_SUCCESS;
}

/* Not before: copies of a balancer would draw the same random numbers. */
static void BeginProcess(apr_pool_t* pool, server_rec* s) {
  (void)s;
  process_pool = pool;
  balancers = apr_hash_make(pool);
  apr_thread_mutex_create(&lock, APR_THREAD_MUTEX_DEFAULT, pool);
  apr_pool_cleanup_register(pool, NULL, FreeBalancers, apr_pool_cleanup_null);
  best_worker = APR_RETRIEVE_OPTIONAL_FN(proxy_balancer_get_best_worker);
}

static void Register(apr_pool_t* pool) {
  ap_register_provider(pool, PROXY_LBMETHOD, "els", "0", &method);
  ap_hook_pre_config(BeforeConfiguration, NULL, NULL, APR_HOOK_MIDDLE);
  ap_hook_child_init(BeginProcess, NULL, NULL, APR_HOOK_MIDDLE);
  /* Before mod_proxy_balancer, whose hook is the last that is called. */
  proxy_hook_post_request(End, NULL, NULL, APR_HOOK_REALLY_FIRST);
  watch_filter =
      ap_register_output_filter("ELS_WATCH", Watch, NULL, AP_FTYPE_RESOURCE);
}

module AP_MODULE_DECLARE_DATA lbmethod_els_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, directives, Register, 0};
