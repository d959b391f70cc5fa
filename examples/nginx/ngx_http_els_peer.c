
/*
 * Which server an attempt goes to.  nginx calls "init" for a request, and for
 * each attempt of it "get" and then "free".
 */


#include "ngx_http_els_module.h"


static ngx_int_t ngx_http_els_get_peer(ngx_peer_connection_t *pc, void *data);
static void ngx_http_els_free_peer(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t state);


ngx_int_t
ngx_http_els_init_peer(ngx_http_request_t *r, ngx_http_upstream_srv_conf_t *us)
{
    ngx_http_els_srv_conf_t   *conf;
    ngx_http_els_peer_data_t  *dp;

    conf = ngx_http_conf_upstream_srv_conf(us, ngx_http_els_module);

    if (ngx_http_els_worker(conf, r->connection->log) == NULL) {
        return NGX_ERROR;
    }

    dp = ngx_pcalloc(r->pool, sizeof(ngx_http_els_peer_data_t));
    if (dp == NULL) {
        return NGX_ERROR;
    }

    dp->conf = conf;
    dp->request = r;
    dp->upstream = r->upstream;

    r->upstream->peer.data = &dp->rrp;

    if (ngx_http_upstream_init_round_robin_peer(r, us) != NGX_OK) {
        return NGX_ERROR;
    }

    r->upstream->peer.get = ngx_http_els_get_peer;
    r->upstream->peer.free = ngx_http_els_free_peer;

    ngx_http_set_ctx(r, dp, ngx_http_els_module);

    return NGX_OK;
}


/*
 * Whether all servers but the backups have failed max_fails times in a row. As
 * nginx does, lets one request through every fail_timeout to see.
 */

static ngx_uint_t
ngx_http_els_primaries_are_out(ngx_http_upstream_rr_peers_t *peers)
{
    time_t                        now;
    ngx_uint_t                    out;
    ngx_http_upstream_rr_peer_t  *peer;

    if (peers->next == NULL) {
        return 0;
    }

    now = ngx_time();
    out = 1;

    ngx_http_upstream_rr_peers_wlock(peers);

    for (peer = peers->peer; peer; peer = peer->next) {
        if (peer->down) {
            continue;
        }

        if (peer->max_fails == 0 || peer->fails < peer->max_fails) {
            out = 0;
            break;
        }

        if (now - peer->checked > peer->fail_timeout) {
            peer->checked = now;
            out = 0;
        }
    }

    ngx_http_upstream_rr_peers_unlock(peers);

    return out;
}


/*
 * els keeps to max_conns itself.  In a zone the connections of all workers
 * count, which els does not see.
 */

static ngx_int_t
ngx_http_els_connect(ngx_http_upstream_rr_peers_t *peers,
    ngx_http_upstream_rr_peer_t *peer)
{
    ngx_int_t  rc;

    rc = NGX_BUSY;

    ngx_http_upstream_rr_peers_rlock(peers);
    ngx_http_upstream_rr_peer_lock(peers, peer);

    if (peer->max_conns == 0 || peer->conns < peer->max_conns) {
        peer->conns++;
        rc = NGX_OK;
    }

    ngx_http_upstream_rr_peer_unlock(peers, peer);
    ngx_http_upstream_rr_peers_unlock(peers);

    return rc;
}


static ngx_int_t
ngx_http_els_avoid(ngx_http_els_peer_data_t *dp, ngx_uint_t i, ngx_uint_t tag)
{
    ngx_http_els_group_t    *group;
    ngx_http_els_avoided_t  *avoided;

    group = &dp->conf->worker->groups[i];
    avoided = &dp->avoided[i];

    if (avoided->ids == NULL) {
        avoided->ids = ngx_palloc(dp->request->pool,
                                  group->number * sizeof(els_id));
        if (avoided->ids == NULL) {
            return NGX_ERROR;
        }
    }

    if (avoided->number < group->number) {
        avoided->ids[avoided->number++] = group->ids[tag];
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_els_is_avoided(ngx_http_els_avoided_t *avoided, els_id *id)
{
    ngx_uint_t  i;

    for (i = 0; i < avoided->number; i++) {
        if (avoided->ids[i].data == id->data) {
            return 1;
        }
    }

    return 0;
}


/* One ticket, or NGX_BUSY if there is no server that may be asked. */

static ngx_int_t
ngx_http_els_pick(ngx_http_els_peer_data_t *dp, ngx_uint_t i)
{
    els_status               status;
    els_request              request = ELS_REQUEST_INIT;
    ngx_http_els_group_t    *group;
    ngx_http_els_avoided_t  *avoided;

    group = &dp->conf->worker->groups[i];
    avoided = &dp->avoided[i];

    request.avoid = avoided->ids;
    request.avoid_count = avoided->number;

    status = els_balancer_pick_for(group->balancer, &request,
                                   ngx_http_els_now(), &dp->ticket, NULL);
    if (status == ELS_NO_BACKEND) {
        return NGX_BUSY;
    }

    if (status != ELS_OK) {
        ngx_log_error(NGX_LOG_ALERT, dp->request->connection->log, 0,
                      "els: no pick, status %d", status);
        return NGX_ERROR;
    }

    /* els takes one that is to be avoided if there is no other */

    if (!dp->rrp.peers->single
        && ngx_http_els_is_avoided(avoided, &group->ids[dp->ticket.tag]))
    {
        (void) els_ticket_drop(&dp->ticket);
        return NGX_BUSY;
    }

    return NGX_OK;
}


/* The same with a connection more, or NGX_AGAIN if the zone has too many. */

static ngx_int_t
ngx_http_els_take(ngx_http_els_peer_data_t *dp, ngx_uint_t i)
{
    ngx_int_t                      rc;
    ngx_http_upstream_rr_peers_t  *peers;

    peers = dp->rrp.peers;

    rc = ngx_http_els_pick(dp, i);
    if (rc != NGX_OK) {
        return rc;
    }

    dp->group = &dp->conf->worker->groups[i];
    dp->rrp.current = dp->group->peers[dp->ticket.tag];

    if (ngx_http_els_connect(peers, dp->rrp.current) == NGX_OK) {
        return NGX_OK;
    }

    (void) els_ticket_drop(&dp->ticket);

    if (peers->single) {
        return NGX_BUSY;
    }

    return ngx_http_els_avoid(dp, i, dp->ticket.tag) == NGX_OK ? NGX_AGAIN
                                                               : NGX_ERROR;
}


static ngx_int_t
ngx_http_els_get_from(ngx_http_els_peer_data_t *dp, ngx_uint_t i,
    ngx_http_upstream_rr_peers_t *peers)
{
    ngx_int_t   rc;
    ngx_uint_t  tried;

    if (peers == NULL || dp->conf->worker->groups[i].balancer == NULL) {
        return NGX_BUSY;
    }

    dp->rrp.peers = peers;
    tried = dp->avoided[i].number;

    do {
        rc = ngx_http_els_take(dp, i);
    } while (rc == NGX_AGAIN);

    /* those that are full now need not be so at the next attempt */

    dp->avoided[i].number = tried;

    return rc;
}


static ngx_int_t
ngx_http_els_get_peer(ngx_peer_connection_t *pc, void *data)
{
    ngx_http_els_peer_data_t  *dp = data;

    ngx_int_t                      rc;
    ngx_uint_t                     i, first;
    ngx_http_upstream_rr_peers_t  *peers;

    pc->cached = 0;
    pc->connection = NULL;

    peers = dp->conf->upstream->peer.data;
    first = ngx_http_els_primaries_are_out(peers) ? NGX_HTTP_ELS_BACKUP
                                                  : NGX_HTTP_ELS_PRIMARY;

    for (i = 0; i < NGX_HTTP_ELS_GROUPS; i++) {
        rc = ngx_http_els_get_from(dp, first ^ i,
                                   first ^ i ? peers->next : peers);
        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_OK) {
            dp->live = 1;
            dp->begun = 0;

            pc->sockaddr = dp->rrp.current->sockaddr;
            pc->socklen = dp->rrp.current->socklen;
            pc->name = &dp->rrp.current->name;

            return NGX_OK;
        }
    }

    pc->name = peers->name;

    return NGX_BUSY;
}


static void
ngx_http_els_disconnect(ngx_http_els_peer_data_t *dp, ngx_uint_t state)
{
    ngx_http_upstream_rr_peer_t   *peer;
    ngx_http_upstream_rr_peers_t  *peers;

    peers = dp->rrp.peers;
    peer = dp->rrp.current;

    ngx_http_upstream_rr_peers_rlock(peers);
    ngx_http_upstream_rr_peer_lock(peers, peer);

    peer->conns--;

    if (state & NGX_PEER_FAILED) {
        peer->fails++;
        peer->checked = ngx_time();

    } else if (dp->upstream->state->header_time != (ngx_msec_t) -1) {
        peer->fails = 0;
    }

    ngx_http_upstream_rr_peer_unlock(peers, peer);
    ngx_http_upstream_rr_peers_unlock(peers);
}


static void
ngx_http_els_free_peer(ngx_peer_connection_t *pc, void *data, ngx_uint_t state)
{
    ngx_http_els_peer_data_t  *dp = data;

    ngx_uint_t  i;

    ngx_http_els_report(pc, dp, state);
    ngx_http_els_disconnect(dp, state);

    dp->live = 0;

    if (dp->rrp.peers->single) {
        pc->tries = 0;
        return;
    }

    if (pc->tries) {
        pc->tries--;
    }

    i = dp->group - dp->conf->worker->groups;

    if (state & (NGX_PEER_FAILED|NGX_PEER_NEXT)
        && ngx_http_els_avoid(dp, i, dp->ticket.tag) != NGX_OK)
    {
        pc->tries = 0;
    }
}
