
/*
 * els inside nginx: each request goes to the server of its upstream that is
 * expected to answer it soonest.
 *
 *   ngx_http_els_module.c     directives, and the filter that sees heads
 *   ngx_http_els_arguments.c  what stands after "els"
 *   ngx_http_els_worker.c     the balancers of a worker process
 *   ngx_http_els_peer.c       which server an attempt goes to
 *   ngx_http_els_outcome.c    how an attempt has ended
 *   ngx_http_els_status.c     what a worker knows, as JSON
 */


#ifndef _NGX_HTTP_ELS_MODULE_H_INCLUDED_
#define _NGX_HTTP_ELS_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <els/c_api.h>


/* The servers of an upstream, but those that are down: see nginx's "backup". */
#define NGX_HTTP_ELS_PRIMARY  0
#define NGX_HTTP_ELS_BACKUP   1
#define NGX_HTTP_ELS_GROUPS   2


/* Arrays are indexed by the tag of a ticket. */
typedef struct {
    els_balancer                      *balancer;  /* NULL if number is 0 */
    ngx_http_upstream_rr_peer_t      **peers;
    els_id                            *ids;
    uint64_t                          *excused;   /* ns, see the outcome */
    ngx_uint_t                         number;
} ngx_http_els_group_t;


/* What one worker process has learnt of one upstream. */
typedef struct {
    ngx_http_els_group_t               groups[NGX_HTTP_ELS_GROUPS];
} ngx_http_els_worker_t;


typedef struct {
    ngx_http_upstream_srv_conf_t      *upstream;  /* NULL without "els" */
    els_options                        options;

    ngx_pool_t                        *pool;
    u_char                            *file_name; /* where "els" stands */
    ngx_uint_t                         line;

    unsigned                           whole:1;   /* latency=body */
    unsigned                           client_errors_succeed:1;
    unsigned                           initialized:1;

    ngx_http_els_worker_t             *worker;    /* made after the fork */
} ngx_http_els_srv_conf_t;


/* The servers that a request must not be sent to again. */
typedef struct {
    els_id                            *ids;
    ngx_uint_t                         number;
} ngx_http_els_avoided_t;


/* A request, for as long as it has to do with the upstream. */
typedef struct {
    /* First: nginx's functions for TLS sessions are given it. */
    ngx_http_upstream_rr_peer_data_t   rrp;

    ngx_http_els_srv_conf_t           *conf;
    ngx_http_request_t                *request;
    ngx_http_upstream_t               *upstream;
    ngx_http_els_avoided_t             avoided[NGX_HTTP_ELS_GROUPS];

    /* The attempt that is under way, if any. */
    els_ticket                         ticket;
    ngx_http_els_group_t              *group;

    unsigned                           live:1;
    unsigned                           begun:1;   /* its head was sent on */
} ngx_http_els_peer_data_t;


char *ngx_http_els_read_arguments(ngx_conf_t *cf,
    ngx_http_els_srv_conf_t *conf);

ngx_http_els_worker_t *ngx_http_els_worker(ngx_http_els_srv_conf_t *conf,
    ngx_log_t *log);
uint64_t ngx_http_els_now(void);

ngx_int_t ngx_http_els_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *us);

void ngx_http_els_head_is_here(ngx_http_els_peer_data_t *dp);
void ngx_http_els_report(ngx_peer_connection_t *pc,
    ngx_http_els_peer_data_t *dp, ngx_uint_t state);

ngx_int_t ngx_http_els_status_handler(ngx_http_request_t *r);


extern ngx_module_t  ngx_http_els_module;


#endif /* _NGX_HTTP_ELS_MODULE_H_INCLUDED_ */
