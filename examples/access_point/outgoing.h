#pragma once

// The heads that the access point sends, made from those that it got.

#include <cstddef>
#include <string>
#include <string_view>

#include "examples/access_point/body.h"
#include "examples/access_point/head.h"
#include "examples/access_point/http_rules.h"
#include "examples/access_point/target.h"

namespace access_point {

// What has been found out about a request.
struct RequestPlan {
  ConnectionOptions options;
  Target target;
  Framing framing;
  MaxForwards max_forwards = {};
  std::string upgrade = {};     // Protocols to offer to the backend.
  bool is_secure = false;       // It came by TLS.
  bool wants_trailers = false;  // The user takes them.
};

// The head to send to a backend. Its framing is made anew from what the decoder
// was told, whatever the fields said: two views of where a message ends are how
// requests are smuggled. `user` is the address it came from, `own` the one it
// came to.
std::string RequestText(const RequestHead& head, const RequestPlan& plan,
                        std::string_view user, std::string_view own);

// How the response is to reach a user.
struct ResponsePlan {
  bool chunked = false;         // Else as in the head, or to the close.
  bool keep_alive = true;       // The user's connection stays open.
  bool is_http10 = false;       // The user.
  bool wants_trailers = false;  // The user.
};

// The head to send to a user, of a final response or of a 1xx but 101.
std::string ResponseText(const ResponseHead& head,
                         const ConnectionOptions& options,
                         const ResponsePlan& plan);

// The same of a 101 (Switching Protocols).
std::string SwitchText(const ResponseHead& head,
                       const ConnectionOptions& options);

// A whole response of the access point itself: without content if `to_head`.
std::string OwnResponse(unsigned code, bool to_head, bool keep_alive);

}  // namespace access_point
