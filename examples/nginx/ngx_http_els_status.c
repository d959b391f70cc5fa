
/*
 * What the worker that answers knows, as JSON: each term of each server's
 * expected latency (els/snapshot.h says what each means).
 */


#include "ngx_http_els_module.h"


/* More than the names, the punctuation and 40 numbers take. */
#define NGX_HTTP_ELS_SERVER_SIZE    2048
#define NGX_HTTP_ELS_UPSTREAM_SIZE  256


static u_char *
ngx_http_els_print_text(u_char *p, const char *name, ngx_str_t *text)
{
    p = ngx_sprintf(p, "\"%s\":\"", name);
    p = (u_char *) ngx_escape_json(p, text->data, text->len);

    return ngx_sprintf(p, "\",");
}


static u_char *
ngx_http_els_print_ms(u_char *p, const char *name, uint64_t ns)
{
    return ngx_sprintf(p, "\"%s_ms\":%.3f,", name, (double) ns / 1000000);
}


static u_char *
ngx_http_els_print_terms(u_char *p, els_backend_snapshot *backend)
{
    p = ngx_http_els_print_ms(p, "expected_latency",
                              backend->expected_latency_ns);
    p = ngx_http_els_print_ms(p, "latency", backend->latency_ns);
    p = ngx_http_els_print_ms(p, "latency_deviation",
                              backend->latency_deviation_ns);
    p = ngx_http_els_print_ms(p, "failure_cost", backend->failure_cost_ns);

    p = ngx_sprintf(p, "\"success_rate\":%.4f,\"queue\":%.3f,"
                       "\"overdue\":%.3f,\"turn\":%.4f,\"distance\":%.3f,"
                       "\"weight\":%.3f,\"max_outstanding\":%uL,",
                    backend->success_rate, backend->queue, backend->overdue,
                    backend->turn, backend->distance, backend->weight,
                    backend->max_outstanding);

    p = ngx_sprintf(p, "\"outstanding\":%L,\"answered\":%L,\"work\":%.3f,"
                       "\"answered_work\":%.3f,\"spared\":%.3f,"
                       "\"parallelism\":%.3f,\"share\":%.4f,",
                    backend->outstanding, backend->answered, backend->work,
                    backend->answered_work, backend->spared,
                    backend->parallelism, backend->share);

    p = ngx_http_els_print_ms(p, "failure_latency",
                              backend->failure_latency_ns);
    p = ngx_http_els_print_ms(p, "mean_age", backend->mean_age_ns);
    p = ngx_http_els_print_ms(p, "retry_after", backend->retry_after_ns);

    if (backend->since_outcome_ns == UINT64_MAX) {
        return ngx_sprintf(p, "\"since_outcome_ms\":null,");
    }

    return ngx_http_els_print_ms(p, "since_outcome",
                                 backend->since_outcome_ns);
}


static u_char *
ngx_http_els_print_counts(u_char *p, els_backend_snapshot *backend)
{
    return ngx_sprintf(p, "\"picks\":%uL,\"successes\":%uL,\"failures\":%uL,"
                          "\"timeouts\":%uL,\"cancelled\":%uL,"
                          "\"neutral\":%uL,\"cut\":%uL,\"dropped\":%uL,"
                          "\"late_finishes\":%uL",
                       backend->picks, backend->successes, backend->failures,
                       backend->timeouts, backend->cancelled,
                       backend->neutral, backend->cut, backend->dropped,
                       backend->late_finishes);
}


static u_char *
ngx_http_els_print_group(u_char *p, ngx_http_els_group_t *group,
    ngx_uint_t backup)
{
    size_t                 i;
    els_snapshot          *snapshot;
    els_backend_snapshot   backend = ELS_BACKEND_SNAPSHOT_INIT;

    if (group->balancer == NULL
        || els_balancer_snapshot(group->balancer, ngx_http_els_now(),
                                 &snapshot)
           != ELS_OK)
    {
        return p;
    }

    for (i = 0; i < els_snapshot_size(snapshot); i++) {
        if (els_snapshot_get(snapshot, i, &backend) != ELS_OK) {
            break;
        }

        *p++ = '{';
        p = ngx_http_els_print_text(p, "server",
                                    &group->peers[backend.tag]->server);
        p = ngx_http_els_print_text(p, "address",
                                    &group->peers[backend.tag]->name);
        p = ngx_sprintf(p, "\"backup\":%s,", backup ? "true" : "false");
        p = ngx_http_els_print_terms(p, &backend);
        p = ngx_http_els_print_counts(p, &backend);
        p = ngx_sprintf(p, "},\n");
    }

    els_snapshot_free(snapshot);

    return p;
}


/* JSON has no comma after the last element. */

static u_char *
ngx_http_els_end_list(u_char *p)
{
    if (p[-2] == ',') {
        p[-2] = '\n';
        p--;
    }

    return p;
}


static u_char *
ngx_http_els_print_upstream(u_char *p, ngx_http_els_srv_conf_t *conf)
{
    ngx_uint_t  i;

    *p++ = '{';
    p = ngx_http_els_print_text(p, "name", &conf->upstream->host);
    p = ngx_sprintf(p, "\"latency\":\"%s\",\"servers\":[\n",
                    conf->whole ? "body" : "header");

    for (i = 0; i < NGX_HTTP_ELS_GROUPS; i++) {
        p = ngx_http_els_print_group(p, &conf->worker->groups[i], i);
    }

    return ngx_sprintf(ngx_http_els_end_list(p), "]},\n");
}


/* Returns NULL for an upstream without els. */

static ngx_http_els_srv_conf_t *
ngx_http_els_conf(ngx_http_upstream_srv_conf_t *us)
{
    ngx_http_els_srv_conf_t  *conf;

    if (us->srv_conf == NULL) {
        return NULL;
    }

    conf = ngx_http_conf_upstream_srv_conf(us, ngx_http_els_module);

    return conf->upstream ? conf : NULL;
}


/* Returns how much all of it may take, or 0 after an error. */

static size_t
ngx_http_els_size(ngx_http_request_t *r, ngx_http_upstream_main_conf_t *umcf)
{
    size_t                           size;
    ngx_uint_t                       i, j;
    ngx_http_els_group_t            *group;
    ngx_http_els_worker_t           *worker;
    ngx_http_els_srv_conf_t         *conf;
    ngx_http_upstream_srv_conf_t   **us;

    size = NGX_HTTP_ELS_UPSTREAM_SIZE;
    us = umcf->upstreams.elts;

    for (i = 0; i < umcf->upstreams.nelts; i++) {
        conf = ngx_http_els_conf(us[i]);
        if (conf == NULL) {
            continue;
        }

        worker = ngx_http_els_worker(conf, r->connection->log);
        if (worker == NULL) {
            return 0;
        }

        size += NGX_HTTP_ELS_UPSTREAM_SIZE + 6 * us[i]->host.len;

        for (group = worker->groups;
             group < worker->groups + NGX_HTTP_ELS_GROUPS;
             group++)
        {
            for (j = 0; j < group->number; j++) {
                size += NGX_HTTP_ELS_SERVER_SIZE
                        + 6 * group->peers[j]->server.len
                        + 6 * group->peers[j]->name.len;
            }
        }
    }

    return size;
}


static u_char *
ngx_http_els_print_upstreams(u_char *p, ngx_http_upstream_main_conf_t *umcf)
{
    ngx_uint_t                       i;
    ngx_http_els_srv_conf_t         *conf;
    ngx_http_upstream_srv_conf_t   **us;

    us = umcf->upstreams.elts;

    p = ngx_sprintf(p, "{\"pid\":%P,\"upstreams\":[\n", ngx_pid);

    for (i = 0; i < umcf->upstreams.nelts; i++) {
        conf = ngx_http_els_conf(us[i]);

        if (conf) {
            p = ngx_http_els_print_upstream(p, conf);
        }
    }

    return ngx_sprintf(ngx_http_els_end_list(p), "]}\n");
}


static ngx_buf_t *
ngx_http_els_print(ngx_http_request_t *r)
{
    size_t                          size;
    ngx_buf_t                      *b;
    ngx_http_upstream_main_conf_t  *umcf;

    umcf = ngx_http_get_module_main_conf(r, ngx_http_upstream_module);

    size = ngx_http_els_size(r, umcf);
    if (size == 0) {
        return NULL;
    }

    b = ngx_create_temp_buf(r->pool, size);
    if (b == NULL) {
        return NULL;
    }

    b->last = ngx_http_els_print_upstreams(b->last, umcf);
    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    return b;
}


ngx_int_t
ngx_http_els_status_handler(ngx_http_request_t *r)
{
    ngx_int_t    rc;
    ngx_buf_t   *b;
    ngx_chain_t  out;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    b = ngx_http_els_print(r);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}
