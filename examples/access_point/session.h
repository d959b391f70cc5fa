#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "els/retry_budget.h"
#include "examples/access_point/certificates.h"
#include "examples/access_point/descriptors.h"
#include "examples/access_point/exchange.h"
#include "examples/access_point/options.h"
#include "examples/access_point/outgoing.h"
#include "examples/access_point/picker.h"
#include "examples/access_point/tunnel.h"
#include "examples/access_point/upstream_pool.h"
#include "examples/access_point/user_limit.h"

namespace access_point {

// What all sessions share.
struct Service {
  const Options& options;
  Picker& picker;
  els::RetryBudget& retries;
  std::vector<tcp::endpoint> backends;
  UserLimit& users;
  CertificateStore* certificates;  // Null: without TLS.
};

// One user's connection, and the requests that come over it, one by one.
class Session {
 public:
  // `draining` turns true once no further request is to be served.
  Session(tcp::socket user, const Service& service, UpstreamPool& pool,
          const bool& draining);

  // Serves until either side ends the connection.
  Async<> Run();

  // To be called once `draining` is true: closes the connection if it waits for
  // a request, and ends a tunnel.
  void Drain() { wake_.Notify(); }

 private:
  // What comes before the first request: what a balancer in front says of the
  // user, and the handshake of TLS. False if the user is to be left.
  Async<bool> Greet();
  Async<bool> ReadProxyHeader();
  Async<bool> ShakeHands();
  bool may_wait() const {
    return !user_->ended() && !user_->expired() && !draining_;
  }
  Async<> ServeRequests();
  // False once there is no further request.
  Async<bool> ReadRequest();
  // What has come of a head: true if it is whole, nothing if there is to be
  // more, false if it was refused. Parses it into head_.
  std::optional<bool> LookForHead();

  // True if the connection can serve another request.
  Async<bool> ServeRequest();
  // The status to answer with instead of forwarding, if any.
  std::optional<unsigned> Plan();
  std::uint64_t MaxBody() const {
    return service_.options.max_body.value_or(UINT64_MAX);
  }
  void Begin(const RequestPlan& plan);
  Async<bool> Conclude(End end);

  // Tries a backend, and if that fails and the request and the budget of
  // retries allow it, another.
  Async<End> Forward();
  Async<End> Try(Attempt& attempt, bool last);
  Async<std::optional<End>> Connect(std::size_t backend, Upstream& upstream);
  Async<End> Exchanged(Upstream upstream, Attempt& attempt, bool last);
  bool TriesAgain(End end, bool last) const;
  static void Report(Attempt& attempt, End end);

  // Sends a response of our own. True if the connection can serve another
  // request.
  Async<bool> Respond(unsigned code);
  // Lets the user have the whole of the last response.
  Async<> Close();

  const Service& service_;
  UpstreamPool& pool_;
  const bool& draining_;
  const net::any_io_executor executor_;

  Wake wake_;
  Link user_;
  net::ip::address user_address_;
  std::string own_address_;
  std::optional<UserLimit::Place> place_;

  // The current request.
  RequestHead head_;  // Of the bytes in the user's buffer; see LookForHead.
  std::size_t head_size_ = 0;
  std::size_t searched_ = 0;
  bool skipped_line_ = false;
  unsigned refusal_ = 0;  // Of a head that LookForHead refused.
  bool to_head_ = false;  // Responses to it have no content.
  std::optional<Incoming> incoming_;
};

}  // namespace access_point
