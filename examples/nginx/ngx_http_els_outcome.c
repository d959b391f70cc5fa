
/*
 * How an attempt has ended, and what els is told of it:
 *
 *   no connection, no answer, one that makes no sense   failure
 *   a time ran out                                      timeout
 *   5xx, 429                                            failure
 *   4xx but 429                                         neutral, or success
 *   1xx to 3xx                                          success
 *   a response that was cut                             failure or timeout
 *   the user went away, or nginx gave up                cancelled
 *   a kept connection that was closed meanwhile         nothing
 */


#include "ngx_http_els_module.h"


/* Seconds; els takes every longer wait for a minute. */
#define NGX_HTTP_ELS_LONGEST_WAIT  3600


/* The statuses that stand for those of gRPC, in their order, from OK on. */
static const ngx_uint_t  ngx_http_els_grpc[] = {
    200, 499, 500, 400, 504, 404, 409, 403, 429,
    400, 409, 400, 501, 500, 503, 500, 401
};


static ngx_table_elt_t *
ngx_http_els_find(ngx_list_t *list, const char *name, size_t len)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    for (part = &list->part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (header[i].hash
                && header[i].key.len == len
                && ngx_strncasecmp(header[i].key.data, (u_char *) name, len)
                   == 0)
            {
                return &header[i];
            }
        }
    }

    return NULL;
}


/* gRPC answers with 200, and says in a trailer what has gone wrong. */

static ngx_uint_t
ngx_http_els_status_of(ngx_http_upstream_t *u)
{
    ngx_int_t         code;
    ngx_str_t        *type;
    ngx_table_elt_t  *header;

    if (u->headers_in.content_type == NULL) {
        return u->state->status;
    }

    type = &u->headers_in.content_type->value;

    if (type->len < 16
        || ngx_strncasecmp(type->data, (u_char *) "application/grpc", 16) != 0)
    {
        return u->state->status;
    }

    header = ngx_http_els_find(&u->headers_in.trailers, "grpc-status", 11);

    if (header == NULL) {
        header = ngx_http_els_find(&u->headers_in.headers, "grpc-status", 11);
    }

    if (header == NULL) {
        return u->state->status;
    }

    code = ngx_atoi(header->value.data, header->value.len);

    return code < 0 || code > 16 ? 500 : ngx_http_els_grpc[code];
}


static els_outcome
ngx_http_els_by_status(ngx_http_els_peer_data_t *dp)
{
    ngx_uint_t  status;

    status = ngx_http_els_status_of(dp->upstream);

    if (status >= 500 || status == 429) {
        return ELS_FAILURE;
    }

    if (status >= 400 && !dp->conf->client_errors_succeed) {
        return ELS_NEUTRAL;
    }

    return ELS_SUCCESS;
}


/* A 503 may say until when its server wants no requests. */

static void
ngx_http_els_retry_after(ngx_http_els_peer_data_t *dp)
{
    time_t            wait;
    ngx_table_elt_t  *header;

    if (dp->upstream->state->status != NGX_HTTP_SERVICE_UNAVAILABLE) {
        return;
    }

    header = ngx_http_els_find(&dp->upstream->headers_in.headers,
                               "retry-after", 11);
    if (header == NULL) {
        return;
    }

    wait = ngx_atotm(header->value.data, header->value.len);

    if (wait == NGX_ERROR) {
        wait = ngx_parse_http_time(header->value.data, header->value.len);
        wait = wait == NGX_ERROR ? 0 : wait - ngx_time();
    }

    if (wait > 0) {
        wait = ngx_min(wait, NGX_HTTP_ELS_LONGEST_WAIT);
        (void) els_ticket_retry_after(&dp->ticket, (uint64_t) wait * 1000000000,
                                      ngx_http_els_now());
    }
}


static ngx_uint_t
ngx_http_els_is_whole(ngx_http_els_peer_data_t *dp)
{
    ngx_event_pipe_t     *p;
    ngx_connection_t     *c;
    ngx_http_upstream_t  *u;

    u = dp->upstream;
    c = u->peer.connection;

    if (c == NULL) {
        return 1;  /* kept for the next request */
    }

    if (u->buffering && u->pipe && !dp->request->subrequest_in_memory) {
        p = u->pipe;
        return p->upstream_done || (p->upstream_eof && p->length == -1);
    }

    return u->length == 0
           || (u->length == -1 && c->read->eof && !c->read->error);
}


static els_outcome
ngx_http_els_without_answer(ngx_peer_connection_t *pc)
{
    if (pc->connection
        && (pc->connection->read->timedout
            || pc->connection->write->timedout))
    {
        return ELS_TIMEOUT;
    }

    return ELS_FAILURE;
}


static els_outcome
ngx_http_els_outcome(ngx_peer_connection_t *pc, ngx_http_els_peer_data_t *dp,
    ngx_uint_t state)
{
    els_outcome           outcome;
    ngx_http_request_t   *r;
    ngx_http_upstream_t  *u;

    r = dp->request;
    u = dp->upstream;

    if (u->state->header_time == (ngx_msec_t) -1) {
        return state & NGX_PEER_FAILED ? ngx_http_els_without_answer(pc)
                                       : ELS_CANCELLED;
    }

    outcome = ngx_http_els_by_status(dp);

    if (state & NGX_PEER_FAILED && outcome == ELS_SUCCESS) {
        return ELS_FAILURE;
    }

    /* whoever takes no body, or another one, does not wait for it */

    if (outcome == ELS_FAILURE || u->upgrade || r->header_only
        || !(dp->begun || r->subrequest_in_memory)
        || ngx_http_els_is_whole(dp))
    {
        return outcome;
    }

    if (r->connection->error
        || (u->buffering && u->pipe && u->pipe->downstream_error))
    {
        return ELS_CANCELLED;
    }

    return ngx_http_els_without_answer(pc);
}


/*
 * A server may close a kept connection just when a request is sent.  That is no
 * fault of it.  It is if it happens again within a second: then it closes
 * connections instead of answering.
 */

static ngx_uint_t
ngx_http_els_is_stale(ngx_peer_connection_t *pc, ngx_http_els_peer_data_t *dp,
    els_outcome outcome, uint64_t now)
{
    uint64_t  *excused;

    if (!pc->cached || outcome != ELS_FAILURE
        || dp->upstream->state->bytes_received)
    {
        return 0;
    }

    excused = &dp->group->excused[dp->ticket.tag];

    if (*excused && now - *excused < 1000000000) {
        return 0;
    }

    *excused = now;

    return 1;
}


/*
 * The head of a response is about to be sent on.  A connection that is upgraded
 * has begun its answer, whatever is measured: it may stay open for hours.
 */

void
ngx_http_els_head_is_here(ngx_http_els_peer_data_t *dp)
{
    dp->begun = 1;

    if (!dp->conf->whole || dp->upstream->upgrade) {
        (void) els_ticket_answered(&dp->ticket, ngx_http_els_by_status(dp),
                                   ngx_http_els_now());
    }
}


void
ngx_http_els_report(ngx_peer_connection_t *pc, ngx_http_els_peer_data_t *dp,
    ngx_uint_t state)
{
    uint64_t     now;
    els_outcome  outcome;

    now = ngx_http_els_now();
    outcome = ngx_http_els_outcome(pc, dp, state);

    if (ngx_http_els_is_stale(pc, dp, outcome, now)) {
        (void) els_ticket_drop(&dp->ticket);
        return;
    }

    ngx_http_els_retry_after(dp);

    (void) els_ticket_finish(&dp->ticket, outcome, now);
}
