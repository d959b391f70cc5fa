
/*
 * The directives "els" and "els_status", and the filter that sees the heads of
 * responses.
 */


#include "ngx_http_els_module.h"


static void *ngx_http_els_create_srv_conf(ngx_conf_t *cf);
static ngx_int_t ngx_http_els_init(ngx_conf_t *cf);
static char *ngx_http_els(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_els_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_command_t  ngx_http_els_commands[] = {

    { ngx_string("els"),
      NGX_HTTP_UPS_CONF|NGX_CONF_ANY,
      ngx_http_els,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("els_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_els_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_els_module_ctx = {
    NULL,                                  /* preconfiguration */
    ngx_http_els_init,                     /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    ngx_http_els_create_srv_conf,          /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_els_module = {
    NGX_MODULE_V1,
    &ngx_http_els_module_ctx,              /* module context */
    ngx_http_els_commands,                 /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


static void *
ngx_http_els_create_srv_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_els_srv_conf_t));
}


/*
 * max_fails and fail_timeout say when a request goes to a backup server first.
 * Without backup servers they would be read and forgotten.
 */

static void
ngx_http_els_warn_of_max_fails(ngx_conf_t *cf,
    ngx_http_upstream_srv_conf_t *us)
{
    ngx_uint_t                   i;
    ngx_http_upstream_server_t  *server;

    server = us->servers->elts;

    for (i = 0; i < us->servers->nelts; i++) {
        if (server[i].backup) {
            return;
        }
    }

    for (i = 0; i < us->servers->nelts; i++) {
        if (server[i].max_fails > 1 || server[i].fail_timeout != 10) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "els: max_fails and fail_timeout of server \"%V\" "
                          "in upstream \"%V\" have no effect: els leaves a "
                          "failing server by itself, and uses them only to "
                          "turn to backup servers in %s:%ui",
                          &server[i].name, &us->host, us->file_name,
                          us->line);
            return;
        }
    }
}


static ngx_int_t
ngx_http_els_init_upstream(ngx_conf_t *cf, ngx_http_upstream_srv_conf_t *us)
{
    ngx_http_els_srv_conf_t  *conf;

    if (ngx_http_upstream_init_round_robin(cf, us) != NGX_OK) {
        return NGX_ERROR;
    }

    conf = ngx_http_conf_upstream_srv_conf(us, ngx_http_els_module);
    conf->initialized = 1;

    us->peer.init = ngx_http_els_init_peer;

    ngx_http_els_warn_of_max_fails(cf, us);

    return NGX_OK;
}


static char *
ngx_http_els(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_els_srv_conf_t  *ecf = conf;

    ngx_http_upstream_srv_conf_t  *us;

    if (ecf->upstream) {
        return "is duplicate";
    }

    us = ngx_http_conf_get_module_srv_conf(cf, ngx_http_upstream_module);

    if (us->peer.init_upstream) {
        return "must come before \"keepalive\", and takes the place of every "
               "other method of balancing";
    }

    ecf->upstream = us;
    ecf->pool = cf->pool;
    ecf->file_name = cf->conf_file->file.name.data;
    ecf->line = cf->conf_file->line;

    us->peer.init_upstream = ngx_http_els_init_upstream;
    us->flags = NGX_HTTP_UPSTREAM_CREATE
                |NGX_HTTP_UPSTREAM_WEIGHT
                |NGX_HTTP_UPSTREAM_MAX_CONNS
                |NGX_HTTP_UPSTREAM_MAX_FAILS
                |NGX_HTTP_UPSTREAM_FAIL_TIMEOUT
                |NGX_HTTP_UPSTREAM_DOWN
                |NGX_HTTP_UPSTREAM_BACKUP;

    return ngx_http_els_read_arguments(cf, ecf);
}


static char *
ngx_http_els_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_els_status_handler;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_els_header_filter(ngx_http_request_t *r)
{
    ngx_http_els_peer_data_t  *dp;

    dp = ngx_http_get_module_ctx(r, ngx_http_els_module);

    /* nginx's own answer to a failure comes when the attempt has ended */

    if (dp && dp->live && !dp->begun && r->upstream == dp->upstream) {
        ngx_http_els_head_is_here(dp);
    }

    return ngx_http_next_header_filter(r);
}


/*
 * All upstreams have been initialized.  A method that stands after "els" has
 * put itself in its place, with no more than a warning.
 */

static ngx_int_t
ngx_http_els_init(ngx_conf_t *cf)
{
    ngx_uint_t                       i;
    ngx_http_els_srv_conf_t         *conf;
    ngx_http_upstream_srv_conf_t   **us;
    ngx_http_upstream_main_conf_t   *umcf;

    umcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_upstream_module);
    us = umcf->upstreams.elts;

    for (i = 0; i < umcf->upstreams.nelts; i++) {
        if (us[i]->srv_conf == NULL) {
            continue;
        }

        conf = ngx_http_conf_upstream_srv_conf(us[i], ngx_http_els_module);

        if (conf->upstream && !conf->initialized) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"els\" directive of upstream \"%V\" is followed "
                          "by another method of balancing; remove one of "
                          "them in %s:%ui",
                          &us[i]->host, conf->file_name, conf->line);
            return NGX_ERROR;
        }
    }

    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_els_header_filter;

    return NGX_OK;
}
