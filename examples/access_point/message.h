#pragma once

// Private to proxy.cc: what becomes of the heads that pass through.

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "examples/access_point/http_rules.h"
#include "examples/access_point/net.h"

namespace access_point {

inline constexpr char kVia[] = "1.1 els-access-point";

inline constexpr unsigned kHttp10 = 10;
inline constexpr unsigned kHttp11 = 11;

inline constexpr char kForwardedFor[] = "X-Forwarded-For";

// Whether a read failed because what came is not HTTP, rather than because the
// connection ended.
inline bool IsNonsense(const Error& error) {
  return error.category() ==
             http::make_error_code(http::error::bad_field).category() &&
         error != http::error::end_of_stream &&
         error != http::error::partial_message;
}

// All values of a field that may be given several times, as one list.
template <class Name>
std::string Joined(const http::fields& fields, Name name) {
  std::string all;
  const auto [begin, end] = fields.equal_range(name);
  for (auto field = begin; field != end; ++field) {
    if (!all.empty()) all += ", ";
    const std::string_view value = field->value();
    all += value;
  }
  return all;
}

inline void RemoveHopByHop(http::fields& fields) {
  const std::string connection = Joined(fields, http::field::connection);
  for (auto field = fields.begin(); field != fields.end();) {
    const auto next = std::next(field);
    if (IsHopByHop(field->name_string(), connection)) fields.erase(field);
    field = next;
  }
}

// Whether the body is coded in a way that would be lost on the next hop: we
// remake "chunked" and know no other transfer coding.
inline bool HasUnknownCoding(const http::fields& fields) {
  if (fields.count(http::field::transfer_encoding) == 0) return false;
  return !beast::iequals(Joined(fields, http::field::transfer_encoding),
                         "chunked");
}

// Makes the end of the body as plain on the next hop as it was on this one.
// Taken from the parser alone, whatever the fields claim: two views of where a
// message ends are how requests are smuggled.
template <bool kIsRequest>
void RemakeFraming(const http::parser<kIsRequest, http::buffer_body>& parser,
                   http::message<kIsRequest, http::buffer_body>& message) {
  if (const auto length = parser.content_length()) {
    message.content_length(*length);
  } else if (!parser.is_done()) {
    message.chunked(true);
  }
}

// The status to refuse a request with, if it cannot be forwarded.
inline std::optional<http::status> Refusal(const Request& request) {
  const bool coded = request.count(http::field::transfer_encoding) > 0;
  if (request.version() == kHttp10 && coded) return http::status::bad_request;
  if (HasUnknownCoding(request)) return http::status::not_implemented;
  const std::size_t hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && request.version() == kHttp11)) {
    return http::status::bad_request;  // RFC 9112, 3.2.
  }
  if (request.method() == http::verb::connect) {
    return http::status::not_implemented;
  }
  return std::nullopt;
}

// Turns the head of a request into the one to send to a backend. `user` is the
// address it came from, `host` the one it came to.
inline void PrepareRequest(RequestParser& parser, std::string_view user,
                           std::string_view host) {
  Request& request = parser.get();
  RemoveHopByHop(request);
  RemakeFraming(parser, request);
  if (request.version() == kHttp10) {
    // Such a user cannot wait for 100 (Continue), and need not name the host.
    request.erase(http::field::expect);
    if (request.count(http::field::host) == 0) {
      request.set(http::field::host, host);
    }
    request.version(kHttp11);
  }
  std::string users = Joined(request, kForwardedFor);
  if (!users.empty()) users += ", ";
  request.set(kForwardedFor, users.append(user));
  request.insert(http::field::via, kVia);
}

// Turns the head of a response into the one to send to a user of `version`.
// `keep_alive` says whether the user's connection may stay open, and becomes
// false if the response can only end with it.
inline void PrepareResponse(const ResponseParser& parser, Response& response,
                            unsigned version, bool& keep_alive) {
  const bool has_body = !parser.is_done();
  RemoveHopByHop(response);
  if (has_body) RemakeFraming(parser, response);
  if (response.chunked() && version == kHttp10) {
    response.chunked(false);
    keep_alive = false;
  }
  response.version(kHttp11);
  response.insert(http::field::via, kVia);
  if (!keep_alive) {
    response.set(http::field::connection, "close");
  } else if (version == kHttp10) {
    response.set(http::field::connection, "keep-alive");
  }
}

// A response of the access point itself, without a body if `is_head`.
inline http::response<http::string_body> OwnResponse(http::status status,
                                                     bool is_head,
                                                     bool keep_alive) {
  http::response<http::string_body> response(status, kHttp11);
  response.set(http::field::content_type, "text/plain");
  if (!keep_alive) response.set(http::field::connection, "close");
  std::string text = std::to_string(static_cast<unsigned>(status)) + " " +
                     std::string(http::obsolete_reason(status)) + "\n";
  response.content_length(text.size());
  if (!is_head) response.body() = std::move(text);
  return response;
}

}  // namespace access_point
