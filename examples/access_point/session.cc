#include "examples/access_point/session.h"

#include <algorithm>

#include "examples/access_point/address.h"
#include "examples/access_point/proxy_header.h"
#include "examples/access_point/status.h"

namespace access_point {
namespace {

// How long to take in what the user still sends after the last response: to
// close at once would reset the connection, and the response might be lost. One
// round trip is enough.
constexpr els::Duration kLingerTime = std::chrono::seconds(1);

// A request fails twice only if two backends fail at once; more attempts would
// multiply the load just when all are overloaded.
constexpr int kMaxAttempts = 2;

// Holds the head of most requests.
constexpr std::size_t kUserBlock = 2048;

std::string AddressOf(const tcp::endpoint& endpoint) {
  return ToString(Address{endpoint.address().to_string(), endpoint.port()});
}

}  // namespace

Session::Session(tcp::socket user, const Service& service, UpstreamPool& pool,
                 const bool& draining)
    : service_(service),
      pool_(pool),
      draining_(draining),
      executor_(user.get_executor()) {
  Error ignored;
  const tcp::endpoint from = user.remote_endpoint(ignored);
  user_address_ = from.address();
  own_address_ = AddressOf(user.local_endpoint(ignored));
  user_ = Link(std::make_shared<Connection>(std::move(user), kUserBlock));
  user_->set_watcher(&wake_);
}

Async<> Session::Run() {
  user_->Arm(service_.options.handshake_timeout);
  const bool greeted = co_await Greet();
  user_->Disarm();
  if (greeted) co_await ServeRequests();
  user_->Close();
}

Async<bool> Session::Greet() {
  if (service_.options.proxy_protocol) {
    const bool named = co_await ReadProxyHeader();
    if (!named) co_return false;
  }
  place_ = service_.users.Enter(user_address_);
  const bool is_secure = service_.certificates != nullptr;
  if (place_ && is_secure) co_return co_await ShakeHands();
  if (place_) co_return true;
  // A handshake, for the sake of a response, would be the costly part.
  if (!is_secure) {
    user_->Send({OwnResponse(status::kServiceUnavailable, false, false)});
    user_->EndSending();
  }
  co_return false;
}

Async<bool> Session::ReadProxyHeader() {
  ProxyHeaderReader reader;
  for (;;) {
    user_->TakeFirst(kProxyHeaderLimit, [&](std::string_view bytes) {
      return reader.Take(bytes);
    });
    if (reader.done()) break;
    if (reader.bad() || !may_wait()) co_return false;
    user_->AwaitFirst();
    co_await wake_.Wait();
  }
  if (reader.header().user) user_address_ = reader.header().user->address();
  co_return true;
}

Async<bool> Session::ShakeHands() {
  user_->StartTls(service_.certificates->current());
  while (user_->in_handshake()) {
    if (!may_wait()) co_return false;
    user_->Receive();
    co_await wake_.Wait();
  }
  co_return true;
}

Async<> Session::ServeRequests() {
  for (bool more = true; more;) {
    // Apart: g++ 12 miscompiles `co_await a && co_await b`.
    more = co_await ReadRequest();
    if (more) more = co_await ServeRequest();
  }
  co_await Close();
}

Async<bool> Session::ReadRequest() {
  incoming_.reset();
  to_head_ = false;
  searched_ = 0;
  skipped_line_ = false;
  Wait wait(*user_);
  for (;;) {
    const std::optional<bool> whole = LookForHead();
    if (whole && !*whole) co_return co_await Respond(refusal_);
    if (whole) break;
    if (user_->ended()) co_return false;
    if (draining_ && user_->in().empty()) {
      user_->EndSending();
      user_->Close();
      co_return false;
    }
    if (user_->expired()) {
      if (!user_->in().empty()) co_await Respond(status::kRequestTimeout);
      co_return false;
    }
    const bool begun = !user_->in().empty();
    wait.Update(
        begun ? service_.options.user_timeout : service_.options.idle_timeout,
        begun);
    user_->ReceiveNext();
    co_await wake_.Wait();
  }
  co_return !draining_;
}

std::optional<bool> Session::LookForHead() {
  InBuffer& in = user_->in();
  // Old clients send an empty line after the content of a POST request
  // (RFC 9112, 2.2).
  if (!skipped_line_ && in.view().starts_with("\r\n")) {
    in.Consume(2);
    skipped_line_ = true;
  }
  const auto size = FindHeadEnd(in.view(), searched_);
  if (size) {
    head_size_ = *size;
    const auto refusal = ParseRequest(in.view().substr(0, *size), head_);
    refusal_ = refusal.value_or(0);
    return !refusal;
  }
  searched_ = in.size();
  if (in.size() >= kHeadLimit) {
    const bool in_first_line = in.view().find('\n') == std::string_view::npos;
    refusal_ = in_first_line ? status::kTargetTooLong : status::kFieldsTooLarge;
    return false;
  }
  if (MayBecomeRequest(in.view())) return std::nullopt;
  refusal_ = status::kBadRequest;
  return false;
}

std::optional<unsigned> Session::Plan() {
  to_head_ = head_.method == "HEAD";
  const ConnectionOptions options(head_.fields);
  if (options.too_many) return status::kFieldsTooLarge;
  const Target target = ParseTarget(head_.method, head_.target);
  if (!target.valid || !HasGoodHost(head_)) return status::kBadRequest;
  if (target.is_tunnel) return status::kNotImplemented;
  unsigned refusal = 0;
  const std::optional<Framing> framing = FramingOf(head_, refusal);
  if (!framing) return refusal;
  if (framing->length > MaxBody()) return status::kContentTooLarge;
  const MaxForwards forwards = MaxForwardsOf(head_);
  if (forwards.verdict == MaxForwards::Verdict::kMalformed)
    return status::kBadRequest;
  const bool is_trace = head_.method == "TRACE";
  Begin({.options = options,
         .target = target,
         .framing = *framing,
         .max_forwards = forwards,
         .upgrade = UpgradeOf(head_, options, *framing),
         .is_secure = service_.certificates != nullptr,
         .wants_trailers = !head_.is_http10 && WantsTrailers(head_.fields)});
  // Looked at before any backend is asked, so that none gets what is plainly
  // malformed.
  incoming_->content.Look();
  if (incoming_->content.bad()) return status::kBadRequest;
  if (incoming_->content.too_long()) return status::kContentTooLarge;
  if (forwards.verdict != MaxForwards::Verdict::kAnswer) return std::nullopt;
  // The request was meant for us. A TRACE would show the user what servers on
  // the way have added, so it is not answered.
  return is_trace ? status::kMethodNotAllowed : status::kOk;
}

void Session::Begin(const RequestPlan& plan) {
  Incoming& incoming = incoming_.emplace(*user_, plan.framing, MaxBody());
  incoming.head =
      RequestText(head_, plan, user_address_.to_string(), own_address_);
  if (incoming.chunked) incoming.connection_options = plan.options.List();
  incoming.is_head = to_head_;
  incoming.is_http10 = head_.is_http10;
  incoming.wants_trailers = plan.wants_trailers;
  incoming.upgrade = !plan.upgrade.empty();
  incoming.keep_alive = StaysOpen(head_.is_http10, plan.options);
  incoming.repeatable =
      IsSafeToRepeat(head_.method, incoming.chunked || plan.framing.length > 0);
  // From here on the views in head_ are not valid.
  user_->in().Consume(head_size_);
}

Async<bool> Session::ServeRequest() {
  if (const std::optional<unsigned> code = Plan()) {
    co_return co_await Respond(*code);
  }
  const End end = co_await Forward();
  co_return co_await Conclude(end);
}

Async<bool> Session::Conclude(End end) {
  switch (end) {
    case End::kDelivered:
      co_return incoming_->keep_alive;
    case End::kFailed:
    case End::kGivenUp:
    case End::kStale:
      co_return co_await Respond(status::kBadGateway);
    case End::kTimeout:
      co_return co_await Respond(status::kGatewayTimeout);
    case End::kBadRequest:
      co_return co_await Respond(status::kBadRequest);
    case End::kTooLong:
      co_return co_await Respond(status::kContentTooLarge);
    case End::kUserStalled:
      co_return co_await Respond(status::kRequestTimeout);
    case End::kNoDescriptors:
      co_return co_await Respond(status::kServiceUnavailable);
    case End::kCut:
      // The user must not take a part of a response for the whole, even if
      // only the end of the connection marks it.
      user_->CloseWithReset();
      co_return false;
    case End::kSwitched:
    case End::kUserGone:
      user_->Close();
      co_return false;
  }
  co_return false;
}

Async<End> Session::Forward() {
  service_.retries.Request(Now());
  std::optional<std::size_t> failed;
  for (int attempts = 1;; ++attempts) {
    const bool last = attempts == kMaxAttempts || service_.backends.size() == 1;
    const std::unique_ptr<Attempt> attempt =
        service_.picker.Pick(Now(), failed);
    const End end = co_await Try(*attempt, last);
    Report(*attempt, end);
    if (!TriesAgain(end, last)) co_return end;
    failed = attempt->backend();
  }
}

// Sends the request to the attempt's backend.
Async<End> Session::Try(Attempt& attempt, bool last) {
  if (std::optional<Upstream> pooled =
          pool_.Take(attempt.backend(), !incoming_->repeatable)) {
    const End end = co_await Exchanged(*std::move(pooled), attempt, last);
    // Closed at the moment of sending, which is no fault of the backend. A
    // request that may have been served all the same is not sent again
    // (RFC 9112, 9.3.1), and nothing has been learnt.
    if (end != End::kStale || !incoming_->repeatable) co_return end;
  }
  Upstream upstream;
  const std::optional<End> failed =
      co_await Connect(attempt.backend(), upstream);
  if (failed) co_return *failed;
  co_return co_await Exchanged(std::move(upstream), attempt, last);
}

// Nothing if it went well.
Async<std::optional<End>> Session::Connect(std::size_t backend,
                                           Upstream& upstream) {
  do {
    upstream.link =
        Link(std::make_shared<Connection>(tcp::socket(executor_), kBlock));
    upstream.link->backend = backend;
    upstream.link->set_watcher(&wake_);
    upstream.link->Connect(service_.backends[backend]);
    // An idle connection is worth less than this request.
  } while (IsShortage(upstream.link->connect_error()) && pool_.CloseOne());
  Connection& connection = *upstream.link;
  connection.Arm(service_.options.connect_timeout);
  while (connection.connecting()) {
    if (user_->gone()) co_return End::kUserGone;
    if (connection.expired()) co_return End::kTimeout;
    if (user_->in().empty()) user_->ReceiveNext();
    co_await wake_.Wait();
  }
  connection.Disarm();
  if (!connection.connect_error()) co_return std::nullopt;
  if (!IsShortage(connection.connect_error())) co_return End::kFailed;
  ReportShortage();
  co_return End::kNoDescriptors;
}

Async<End> Session::Exchanged(Upstream upstream, Attempt& attempt, bool last) {
  upstream.link->set_watcher(&wake_);
  incoming_->sent = true;
  bool reusable = false;
  End end = End::kFailed;
  {
    Exchange exchange(
        *incoming_, upstream, attempt, service_.options,
        last || !incoming_->repeatable ? nullptr : &service_.retries,
        draining_);
    end = co_await exchange.Run(wake_);
    reusable = exchange.reusable();
  }
  if (end == End::kSwitched) {
    co_await RunTunnel(*user_, *upstream.link, wake_,
                       service_.options.tunnel_timeout, draining_);
  }
  if (reusable) pool_.Put(std::move(upstream));
  co_return end;
}

// Whether another backend is to be given the request once an attempt has ended
// so, for which a retry has then been spent.
bool Session::TriesAgain(End end, bool last) const {
  if (end == End::kGivenUp) return true;  // The budget was asked.
  const bool better_luck = end == End::kFailed || end == End::kTimeout;
  const bool repeatable = !incoming_->sent || incoming_->repeatable;
  return better_luck && repeatable && !last && service_.retries.TryRetry(Now());
}

// What els learns of the backend from each end. What begins well is told as
// Answered before, and has taught its latency; a bad end takes that back.
void Session::Report(Attempt& attempt, End end) {
  switch (end) {
    case End::kDelivered:
    case End::kSwitched:  // However the tunnel ended: nobody knows what for.
      return attempt.Finish(els::Outcome::kSuccess, Now());
    case End::kFailed:
    case End::kGivenUp:
    case End::kCut:  // Of a good head: a failure instead of a success. Else a
                     // backend that always fails so would seem the fastest.
      return attempt.Finish(els::Outcome::kFailure, Now());
    case End::kTimeout:
      return attempt.Finish(els::Outcome::kTimeout, Now());
    case End::kUserGone:  // The response may have come a moment later.
    case End::kUserStalled:
    case End::kBadRequest:
    case End::kTooLong:
      return attempt.Finish(els::Outcome::kCancelled, Now());
    case End::kStale:          // Closed in good order, before the request.
    case End::kNoDescriptors:  // The backend has not heard of it.
      return;
  }
}

Async<bool> Session::Respond(unsigned code) {
  // A request whose rest is still to come, or was not understood, leaves
  // nothing to go on from.
  const bool known =
      incoming_ && incoming_->content.done() && !incoming_->content.too_long();
  const bool keep_alive = known && incoming_->keep_alive && !draining_;
  if (known) incoming_->content.Drop();
  user_->Arm(service_.options.user_timeout);
  bool responded = false;
  while (!user_->gone() && !user_->expired()) {
    if (!user_->sending()) {  // Or else an interim response is on its way.
      if (responded) break;
      user_->Send({OwnResponse(code, to_head_, keep_alive)});
      responded = true;
    } else {
      co_await wake_.Wait();
    }
  }
  user_->Disarm();
  const bool goes_on = keep_alive && responded && !user_->gone();
  co_return goes_on;
}

Async<> Session::Close() {
  user_->EndSending();
  user_->Arm(kLingerTime);
  while (!user_->ended() && !user_->expired()) {
    user_->in().Consume(user_->in().size());
    user_->Receive();
    co_await wake_.Wait();
  }
  user_->Close();
}

}  // namespace access_point
