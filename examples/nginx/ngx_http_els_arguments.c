
/*
 * What stands after "els": options=FILE, latency=, client_errors=, and the
 * names of els's options (els/options_text.h).
 */


#include "ngx_http_els_module.h"

#include <els/c_options_text.h>


/* An options file has some 25 lines. */
#define NGX_HTTP_ELS_FILE_SIZE     65536
#define NGX_HTTP_ELS_MESSAGE_SIZE  1024


typedef struct {
    ngx_str_t   file;
    ngx_str_t   latency;
    ngx_str_t   client_errors;
    ngx_str_t   text;           /* the other arguments, a line for each */
} ngx_http_els_arguments_t;


static ngx_int_t
ngx_http_els_parse(ngx_conf_t *cf, ngx_http_els_srv_conf_t *conf,
    ngx_str_t *text, ngx_str_t *file)
{
    char  *what, *own;
    char   message[NGX_HTTP_ELS_MESSAGE_SIZE];

    if (els_options_parse(&conf->options, (char *) text->data, text->len,
                          message, sizeof(message))
        == ELS_OK)
    {
        return NGX_OK;
    }

    if (file) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "els: %V, %s", file, message);
        return NGX_ERROR;
    }

    /* the line is that of the directive, which nginx adds itself */

    what = strstr(message, ": ");
    what = what && ngx_strncmp(message, "line ", 5) == 0 ? what + 2 : message;

    own = ngx_strncmp(what, "there is no option ", 19) == 0
          ? ", and of els in nginx options, latency, client_errors" : "";

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "els: %s%s", what, own);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_els_read_open_file(ngx_conf_t *cf, ngx_fd_t fd, ngx_str_t *file,
    ngx_str_t *text)
{
    ssize_t  n;

    text->data = ngx_pnalloc(cf->temp_pool, NGX_HTTP_ELS_FILE_SIZE);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = 0;

    do {
        n = ngx_read_fd(fd, text->data + text->len,
                        NGX_HTTP_ELS_FILE_SIZE - text->len);

        if (n == -1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                               "els: " ngx_read_fd_n " \"%V\" failed", file);
            return NGX_ERROR;
        }

        text->len += n;

    } while (n > 0 && text->len < NGX_HTTP_ELS_FILE_SIZE);

    if (text->len == NGX_HTTP_ELS_FILE_SIZE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "els: \"%V\" is too large for a file of options",
                           file);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_els_read_file(ngx_conf_t *cf, ngx_str_t *file, ngx_str_t *text)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    fd = ngx_open_file(file->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "els: " ngx_open_file_n " \"%V\" failed", file);
        return NGX_ERROR;
    }

    rc = ngx_http_els_read_open_file(cf, fd, file, text);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           "els: " ngx_close_file_n " \"%V\" failed", file);
    }

    return rc;
}


/*
 * Returns NGX_DECLINED if the argument is not called `name`, which has a "=" at
 * its end.
 */

static ngx_int_t
ngx_http_els_take(ngx_conf_t *cf, ngx_str_t *argument, const char *name,
    ngx_str_t *value)
{
    size_t  len;

    len = ngx_strlen(name);

    if (ngx_strncmp(argument->data, name, len) != 0) {
        return NGX_DECLINED;
    }

    if (value->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "els: %s is given twice",
                           name);
        return NGX_ERROR;
    }

    value->data = argument->data + len;
    value->len = argument->len - len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_els_sort_argument(ngx_conf_t *cf, ngx_str_t *argument,
    ngx_http_els_arguments_t *sorted)
{
    ngx_int_t  rc;

    rc = ngx_http_els_take(cf, argument, "options=", &sorted->file);

    if (rc == NGX_DECLINED) {
        rc = ngx_http_els_take(cf, argument, "latency=", &sorted->latency);
    }

    if (rc == NGX_DECLINED) {
        rc = ngx_http_els_take(cf, argument, "client_errors=",
                               &sorted->client_errors);
    }

    if (rc != NGX_DECLINED) {
        return rc;
    }

    /* in a file of options these would begin a comment or a line */

    if (strpbrk((char *) argument->data, "#\n")) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "els: \"%V\" is not of the form name=value",
                           argument);
        return NGX_ERROR;
    }

    ngx_memcpy(sorted->text.data + sorted->text.len, argument->data,
               argument->len);
    sorted->text.len += argument->len;
    sorted->text.data[sorted->text.len++] = '\n';

    return NGX_OK;
}


static ngx_int_t
ngx_http_els_sort_arguments(ngx_conf_t *cf, ngx_http_els_arguments_t *sorted)
{
    size_t       len;
    ngx_str_t   *argument;
    ngx_uint_t   i;

    argument = cf->args->elts;
    len = 0;

    for (i = 1; i < cf->args->nelts; i++) {
        len += argument[i].len + 1;
    }

    ngx_memzero(sorted, sizeof(ngx_http_els_arguments_t));

    sorted->text.data = ngx_pnalloc(cf->temp_pool, len + 1);
    if (sorted->text.data == NULL) {
        return NGX_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_http_els_sort_argument(cf, &argument[i], sorted) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* Returns 0 or 1 for the first and the second word, and NGX_ERROR else. */

static ngx_int_t
ngx_http_els_choose(ngx_conf_t *cf, const char *name, ngx_str_t *value,
    const char *first, const char *second)
{
    if (value->data == NULL || ngx_strcmp(value->data, first) == 0) {
        return 0;
    }

    if (ngx_strcmp(value->data, second) == 0) {
        return 1;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "els: %s is \"%V\"; it must be one of %s, %s",
                       name, value, first, second);

    return NGX_ERROR;
}


char *
ngx_http_els_read_arguments(ngx_conf_t *cf, ngx_http_els_srv_conf_t *conf)
{
    ngx_int_t                 whole, succeed;
    ngx_str_t                 text;
    ngx_http_els_arguments_t  sorted;

    if (els_options_init(&conf->options, sizeof(els_options)) != ELS_OK
        || ngx_http_els_sort_arguments(cf, &sorted) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (sorted.file.data
        && (ngx_http_els_read_file(cf, &sorted.file, &text) != NGX_OK
            || ngx_http_els_parse(cf, conf, &text, &sorted.file) != NGX_OK))
    {
        return NGX_CONF_ERROR;
    }

    /* what stands in the directive goes over what stands in the file */

    if (ngx_http_els_parse(cf, conf, &sorted.text, NULL) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    whole = ngx_http_els_choose(cf, "latency", &sorted.latency, "header",
                                "body");
    succeed = ngx_http_els_choose(cf, "client_errors", &sorted.client_errors,
                                  "neutral", "success");

    if (whole == NGX_ERROR || succeed == NGX_ERROR) {
        return NGX_CONF_ERROR;
    }

    conf->whole = whole;
    conf->client_errors_succeed = succeed;

    return NGX_CONF_OK;
}
