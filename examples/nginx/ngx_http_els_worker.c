
/*
 * The balancers of a worker process.  They are made when the process first
 * needs them, so never before it was forked: copies of a balancer would draw
 * the same random numbers.
 */


#include "ngx_http_els_module.h"

#include <time.h>


#define NGX_HTTP_ELS_MESSAGE_SIZE  256


/* nginx's own time goes in milliseconds, and stands still within an event. */

uint64_t
ngx_http_els_now(void)
{
    struct timespec  now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return (uint64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}


/*
 * The id of a server is its address.  nginx allows to name an address twice;
 * the second is then "ADDRESS#2", where 2 is its place in the upstream.
 */

static ngx_int_t
ngx_http_els_name_peer(ngx_http_els_srv_conf_t *conf,
    ngx_http_els_group_t *group, ngx_str_t *name)
{
    u_char      *p;
    els_id      *id;
    ngx_uint_t   i;

    id = &group->ids[group->number];
    id->data = (char *) name->data;
    id->size = name->len;

    for (i = 0; i < group->number; i++) {
        if (group->ids[i].size == name->len
            && ngx_memcmp(group->ids[i].data, name->data, name->len) == 0)
        {
            p = ngx_pnalloc(conf->pool, name->len + 1 + NGX_INT_T_LEN);
            if (p == NULL) {
                return NGX_ERROR;
            }

            id->data = (char *) p;
            id->size = ngx_sprintf(p, "%V#%ui", name, group->number + 1) - p;

            return NGX_OK;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_els_list_peers(ngx_http_els_srv_conf_t *conf,
    ngx_http_els_group_t *group, ngx_http_upstream_rr_peers_t *peers)
{
    size_t                        n;
    ngx_http_upstream_rr_peer_t  *peer;

    n = peers->number;

    group->peers = ngx_palloc(conf->pool,
                              n * sizeof(ngx_http_upstream_rr_peer_t *));
    group->ids = ngx_palloc(conf->pool, n * sizeof(els_id));
    group->excused = ngx_pcalloc(conf->pool, n * sizeof(uint64_t));

    if (group->peers == NULL || group->ids == NULL || group->excused == NULL) {
        return NGX_ERROR;
    }

    for (peer = peers->peer; peer; peer = peer->next) {
        if (peer->down) {
            continue;
        }

        if (ngx_http_els_name_peer(conf, group, &peer->name) != NGX_OK) {
            return NGX_ERROR;
        }

        group->peers[group->number++] = peer;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_els_set_backends(ngx_http_els_group_t *group, ngx_log_t *log)
{
    char              message[NGX_HTTP_ELS_MESSAGE_SIZE];
    ngx_int_t         rc;
    ngx_uint_t        i;
    els_backend      *backend;
    els_backend       unset = ELS_BACKEND_INIT;

    backend = ngx_alloc(group->number * sizeof(els_backend), log);
    if (backend == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < group->number; i++) {
        backend[i] = unset;
        backend[i].id = group->ids[i];
        backend[i].tag = i;
        backend[i].weight = group->peers[i]->weight;
        backend[i].max_outstanding = group->peers[i]->max_conns;
    }

    rc = NGX_OK;

    if (els_balancer_set_backends(group->balancer, backend, group->number,
                                  ngx_http_els_now(), message, sizeof(message))
        != ELS_OK)
    {
        ngx_log_error(NGX_LOG_ALERT, log, 0, "els: %s", message);
        rc = NGX_ERROR;
    }

    ngx_free(backend);

    return rc;
}


static ngx_int_t
ngx_http_els_init_group(ngx_http_els_srv_conf_t *conf,
    ngx_http_els_group_t *group, ngx_http_upstream_rr_peers_t *peers,
    ngx_log_t *log)
{
    char  message[NGX_HTTP_ELS_MESSAGE_SIZE];

    if (ngx_http_els_list_peers(conf, group, peers) != NGX_OK) {
        return NGX_ERROR;
    }

    if (group->number == 0) {
        return NGX_OK;
    }

    if (els_balancer_new(&conf->options, &group->balancer, message,
                         sizeof(message))
        != ELS_OK)
    {
        ngx_log_error(NGX_LOG_ALERT, log, 0, "els: %s", message);
        return NGX_ERROR;
    }

    return ngx_http_els_set_backends(group, log);
}


static void
ngx_http_els_free_worker(void *data)
{
    ngx_http_els_srv_conf_t  *conf = data;

    ngx_uint_t  i;

    if (conf->worker) {
        for (i = 0; i < NGX_HTTP_ELS_GROUPS; i++) {
            els_balancer_free(conf->worker->groups[i].balancer);
        }

        conf->worker = NULL;
    }
}


/* Returns NULL, and has logged why, if there is no memory. */

ngx_http_els_worker_t *
ngx_http_els_worker(ngx_http_els_srv_conf_t *conf, ngx_log_t *log)
{
    ngx_uint_t                     i;
    ngx_pool_cleanup_t            *cln;
    ngx_http_els_worker_t         *worker;
    ngx_http_upstream_rr_peers_t  *peers;

    if (conf->worker) {
        return conf->worker;
    }

    cln = ngx_pool_cleanup_add(conf->pool, 0);
    worker = ngx_pcalloc(conf->pool, sizeof(ngx_http_els_worker_t));

    if (cln == NULL || worker == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_els_free_worker;
    cln->data = conf;

    conf->worker = worker;
    peers = conf->upstream->peer.data;

    for (i = 0; i < NGX_HTTP_ELS_GROUPS && peers; i++) {
        if (ngx_http_els_init_group(conf, &conf->worker->groups[i], peers,
                                    log)
            != NGX_OK)
        {
            ngx_http_els_free_worker(conf);
            return NULL;
        }

        peers = peers->next;
    }

    return conf->worker;
}
