#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/clock.h"
#include "els/retry_budget.h"
#include "examples/access_point/content.h"
#include "examples/access_point/options.h"
#include "examples/access_point/outgoing.h"
#include "examples/access_point/picker.h"
#include "examples/access_point/status.h"
#include "examples/access_point/upstream_pool.h"
#include "examples/access_point/wait.h"
#include "examples/access_point/wake.h"

namespace access_point {

// A request being served.
struct Incoming {
  Incoming(Connection& from, const Framing& framing, std::uint64_t most)
      : user(from),
        content(from, framing, most),
        chunked(framing.kind == Framing::Kind::kChunked) {}

  Connection& user;
  Content content;
  std::string head = {};                // To send to a backend.
  std::string connection_options = {};  // Of its own head.
  bool chunked = false;
  bool is_head = false;
  bool is_http10 = false;
  bool wants_trailers = false;
  bool upgrade = false;     // It offers to switch protocols.
  bool repeatable = false;  // Even if a backend may have served it.
  bool sent = false;        // A backend may have got some of it.
  bool keep_alive = false;  // The user's connection may stay open.
};

// How sending a request to a backend ended.
enum class End {
  kDelivered,      // The user has the whole response.
  kSwitched,       // To another protocol, and the user knows.
  kFailed,         // No response came, or one that cannot be passed on.
  kGivenUp,        // A response of 5xx that another attempt is to better.
  kTimeout,        // No response in time.
  kStale,          // The backend had closed a reused connection.
  kCut,            // The backend failed when the user had a part of it.
  kUserGone,       // Nobody waits for the response any more.
  kUserStalled,    // The rest of the request did not come.
  kBadRequest,     // The rest of the request made no sense.
  kTooLong,        // So was the rest of the request.
  kNoDescriptors,  // We could not even try.
};

// One request sent over one connection, and its response brought to the user.
class Exchange {
 public:
  // `retries`: unless null, a 5xx response for which it grants another attempt
  // ends the exchange with kGivenUp and goes no further. `draining` is read
  // when the response begins: true closes the user's connection after it.
  Exchange(Incoming& incoming, Upstream& upstream, Attempt& attempt,
           const Options& options, els::RetryBudget* retries,
           const bool& draining)
      : incoming_(incoming),
        user_(incoming.user),
        upstream_(upstream),
        backend_(*upstream.link),
        attempt_(attempt),
        options_(options),
        retries_(retries),
        draining_(draining),
        bytes_before_(backend_.bytes_in()) {}

  // Tells the attempt that it is answered, but not that it is finished. Both
  // connections tell `wake` of what happens to them.
  Async<End> Run(Wake& wake) {
    for (;;) {
      const std::optional<End> end = Advance();
      if (end) co_return *end;
      co_await wake.Wait();
    }
  }

  // Whether the connection can carry another request.
  bool reusable() const {
    return delivered_ && sent_ && reusable_ && backend_.in().empty() &&
           !backend_.ended() && !backend_.sending();
  }

 private:
  // How long the head of a response waits for its content, if that is short and
  // another backend could still give a whole one: a server that fails as it
  // makes the content has as a rule sent the head just before.
  static constexpr els::Duration kHoldLimit = std::chrono::milliseconds(50);

  // How long a backend may neither send the rest of a response nor take that of
  // a request that it has answered: nginx's default (proxy_read_timeout).
  static constexpr els::Duration kStallLimit = std::chrono::seconds(60);

  // A user whose side has ended may have left or be waiting for the rest. While
  // the rest comes, sending it tells; while nothing comes, this long is enough.
  static constexpr els::Duration kQuietLimit = std::chrono::seconds(1);

  // Does all that can be done without waiting. Both directions at once: a
  // backend may answer, or say 100 (Continue), before it has the whole request,
  // and a user may go at any time.
  std::optional<End> Advance() {
    if (user_.gone()) return End::kUserGone;
    if (const auto end = PassRequest()) return end;
    if (const auto end = answered_ ? PassContent() : AwaitHead()) return end;
    if (user_.gone()) return End::kUserGone;
    return Watch();
  }

  std::optional<End> PassRequest() {
    Content& content = incoming_.content;
    while (!sent_ && !backend_.sending() && !backend_.broken()) {
      content.Look();
      if (content.bad()) return Refused(End::kBadRequest);
      if (content.too_long()) return Refused(End::kTooLong);
      if (content.held().empty() && !content.done() && head_sent_) {
        if (user_.ended()) return End::kUserGone;
        user_.Receive();
        return std::nullopt;
      }
      const std::string trailers =
          PassableTrailers(content.trailers(), incoming_.connection_options);
      SendContent(head_sent_ ? std::string_view() : incoming_.head, content,
                  incoming_.chunked, trailers, backend_);
      head_sent_ = true;
      sent_ = content.done();
    }
    // Tells of a user who leaves. What it sends waits for its turn.
    if (sent_ && user_.in().empty()) user_.ReceiveNext();
    return std::nullopt;
  }

  std::optional<End> AwaitHead() {
    while (!user_.sending()) {  // An interim response may be on its way.
      InBuffer& in = backend_.in();
      const auto size = FindHeadEnd(in.view(), searched_);
      if (!size) {
        searched_ = in.size();
        if (!MayBecomeResponse(in.view()) || in.size() >= kHeadLimit) {
          return End::kFailed;
        }
        if (backend_.ended()) return NoResponse();
        backend_.Receive();
        return std::nullopt;
      }
      searched_ = 0;
      if (const auto end = TakeHead(in.view().substr(0, *size))) return end;
      in.Consume(*size);
      if (answered_) return PassContent();
    }
    return std::nullopt;
  }

  // Of any response.
  std::optional<End> TakeHead(std::string_view text) {
    ResponseHead head;
    if (!ParseResponse(text, head)) return End::kFailed;
    const ConnectionOptions options(head.fields);
    const auto framing = FramingOf(head, incoming_.is_head);
    if (!framing || options.too_many) return End::kFailed;
    if (head.status >= status::kOk) return Answer(head, options, *framing);
    if (head.status == status::kSwitchingProtocols) {
      // Without having been asked for, it says nothing that can be used.
      if (!incoming_.upgrade) return End::kFailed;
      Tell(els::Outcome::kSuccess);
      user_.Send({SwitchText(head, options)});
      backend_.in().Consume(text.size());
      return End::kSwitched;
    }
    if (!incoming_.is_http10) user_.Send({ResponseText(head, options, {})});
    return std::nullopt;
  }

  std::optional<End> Answer(const ResponseHead& head,
                            const ConnectionOptions& options,
                            const Framing& framing) {
    using Kind = Framing::Kind;
    const els::Outcome outcome = OutcomeOf(head.status, options_.client_error);
    const bool is_short =
        framing.kind == Kind::kLength && framing.length <= kBlock;
    // A 429 is about a user, and a redirection about a resource.
    if (head.status == status::kServiceUnavailable) {
      const auto wait = RetryAfterOf(head.fields, absl::Now());
      if (wait) attempt_.RetryAfter(*wait, Now());
    }
    if (outcome != els::Outcome::kSuccess || !is_short) Tell(outcome);
    if (head.status >= status::kServerError && retries_ &&
        retries_->TryRetry(Now())) {
      return End::kGivenUp;
    }
    answered_ = true;
    const bool open_end =
        framing.kind == Kind::kChunked || framing.kind == Kind::kToClose;
    chunked_ = open_end && !incoming_.is_http10;
    // What the user may still be sending cannot be told from a next request.
    incoming_.keep_alive &=
        incoming_.content.done() && !draining_ && (!open_end || chunked_);
    text_ = ResponseText(head, options,
                         {.chunked = chunked_,
                          .keep_alive = incoming_.keep_alive,
                          .is_http10 = incoming_.is_http10,
                          .wants_trailers = incoming_.wants_trailers});
    if (chunked_) connection_options_ = options.List();
    reusable_ =
        framing.kind != Kind::kToClose && StaysOpen(head.is_http10, options);
    if (incoming_.repeatable && is_short) {
      held_until_ = static_cast<std::size_t>(framing.length);
    }
    content_.emplace(backend_, framing);
    return std::nullopt;
  }

  std::optional<End> PassContent() {
    if (backend_.expired()) held_until_ = 0;
    while (!user_.sending() && !user_.broken() && !all_passed_) {
      if (backend_.in().size() < held_until_ && !backend_.ended()) {
        backend_.Receive();
        return std::nullopt;
      }
      const bool whole = backend_.in().size() >= held_until_;
      held_until_ = 0;
      content_->Look();
      if (content_->done()) Tell(els::Outcome::kSuccess);
      // As long as the user has nothing, the request can still be saved.
      if (!whole || content_->bad() || content_->cut()) {
        return text_.empty() ? End::kCut : End::kFailed;
      }
      if (content_->held().empty() && !content_->done() && text_.empty()) {
        backend_.Receive();
        return std::nullopt;
      }
      const std::string trailers =
          incoming_.wants_trailers
              ? PassableTrailers(content_->trailers(), connection_options_)
              : std::string();
      SendContent(text_, *content_, chunked_, trailers, user_);
      text_.clear();
      all_passed_ = content_->done();
    }
    if (!all_passed_ || user_.sending() || user_.broken()) return std::nullopt;
    delivered_ = true;
    return End::kDelivered;
  }

  // Sees to it that nobody is waited for too long.
  std::optional<End> Watch() {
    user_wait_.Update(UserLimit(), user_.bytes_in() + user_.bytes_out());
    backend_wait_.Update(
        BackendLimit(),
        backend_.bytes_out() + (answered_ ? backend_.bytes_in() : 0));
    if (user_.expired()) {
      const bool began = answered_ && text_.empty();
      return began || user_.sending() ? End::kUserGone : End::kUserStalled;
    }
    if (!backend_.expired()) return std::nullopt;
    if (!answered_) return End::kTimeout;
    if (user_.ended()) return End::kUserGone;
    if (!told_) {  // The rest may still come, and be of use to the user.
      Tell(els::Outcome::kTimeout);
      return Watch();
    }
    return End::kCut;
  }

  std::optional<els::Duration> UserLimit() const {
    const bool uploads = !sent_ && !backend_.sending() && !backend_.broken();
    if (uploads || user_.sending()) return options_.user_timeout;
    return std::nullopt;
  }

  // The time of the user's own sending is not the backend's.
  std::optional<els::Duration> BackendLimit() const {
    const bool has_request = sent_ || backend_.broken();
    if (!answered_) {
      if (has_request || backend_.sending()) return options_.timeout;
      return std::nullopt;
    }
    if (held_until_ > 0) return kHoldLimit;
    if (all_passed_ || (user_.sending() && !backend_.sending())) {
      return std::nullopt;
    }
    if (user_.ended() && has_request) return kQuietLimit;
    return told_ ? kStallLimit : options_.timeout;
  }

  // Tells the attempt, once, how it has been answered. Of a long response, or
  // one whose length nobody knows, that is said when it begins: how long the
  // rest takes is up to the user. A short one that is good comes as a whole, so
  // that is waited for. A backend that sends heads at once and then hangs would
  // else seem to be the fastest, and nearly idle.
  void Tell(els::Outcome outcome) {
    if (!told_) attempt_.Answered(outcome, Now());
    told_ = true;
  }

  // Because of the rest of the request. Another response would be taken for a
  // part of one that has begun.
  End Refused(End end) const {
    return answered_ && text_.empty() ? End::kUserGone : end;
  }

  End NoResponse() const {
    const bool nothing = backend_.bytes_in() == bytes_before_;
    return upstream_.reused && nothing ? End::kStale : End::kFailed;
  }

  Incoming& incoming_;
  Connection& user_;
  Upstream& upstream_;
  Connection& backend_;
  Attempt& attempt_;
  const Options& options_;
  els::RetryBudget* const retries_;
  const bool& draining_;
  const std::uint64_t bytes_before_;  // From the backend, by other requests.

  Wait user_wait_{user_};
  Wait backend_wait_{backend_};

  // The request.
  bool head_sent_ = false;
  bool sent_ = false;  // All of it.

  // The response.
  std::size_t searched_ = 0;    // For the end of its head.
  bool answered_ = false;       // The final one has begun.
  bool told_ = false;           // So has the attempt been.
  std::string text_;            // Its head, until it is sent.
  std::size_t held_until_ = 0;  // So many bytes of content are here.
  std::optional<Content> content_;
  std::string connection_options_;
  bool chunked_ = false;
  bool reusable_ = false;
  bool all_passed_ = false;
  bool delivered_ = false;
};

}  // namespace access_point
