#pragma once

// A connection to a user, by TLS or not, or to a backend, as events: the
// session looks at its connections whenever something has happened to one, and
// does what can be done without waiting.

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "examples/access_point/in_buffer.h"
#include "examples/access_point/net.h"
#include "examples/access_point/tls_stream.h"

namespace access_point {

class Connection;

// Who is told that something has happened to a connection.
class Watcher {
 public:
  virtual void OnEvent(Connection& connection) = 0;

 protected:
  ~Watcher() = default;
};

// Not thread-safe: all calls are made on the thread of its socket's context.
// What was begun holds a reference, so only Close ends it: see Link.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  static constexpr std::size_t kMostShown = 1024;

  // `first_block`: see InBuffer.
  Connection(tcp::socket socket, std::size_t first_block);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Null: nobody is told.
  void set_watcher(Watcher* watcher) { watcher_ = watcher; }

  // Begins to connect. An event follows, unless there was an error at once.
  void Connect(const tcp::endpoint& to);
  bool connecting() const { return connecting_; }
  const Error& connect_error() const { return connect_error_; }

  // Shows `take` what has come, up to `most` bytes, unless that is nothing, and
  // takes as many as it returns. REQUIRES: most <= kMostShown, and neither
  // Receive nor StartTls was called.
  void TakeFirst(std::size_t most,
                 absl::FunctionRef<std::size_t(std::string_view)> take);
  // Begins to wait for bytes to take; an event follows.
  void AwaitFirst();

  // From here on all bytes go through TLS, of which this is the server's end.
  // Receive carries on the handshake; an event follows when it is done.
  void StartTls(std::shared_ptr<const Certificates> certificates);
  bool in_handshake() const { return in_handshake_; }

  // Begins to receive, unless it is receiving or nothing more will come. At
  // most one read waits, so it may be begun ahead of need: a connection that
  // nobody uses is watched in this way. Moves the bytes in `in`.
  void Receive();
  // The same between two messages, where most connections are most of the time:
  // if nothing has come yet, no memory is held for what will come.
  void ReceiveNext();
  InBuffer& in() { return in_; }
  bool ended() const { return ended_; }          // Nothing more will come.
  bool was_reset() const { return was_reset_; }  // And that was no clean end.

  // Whether nothing has arrived that was not taken yet, not even the end, as
  // the system knows it this very moment.
  bool IsQuiet();

  // Sends the pieces in order. What the peer does not take at once is kept.
  // REQUIRES: !sending() and !in_handshake().
  void Send(std::initializer_list<std::string_view> pieces);
  bool sending() const { return !out_.empty(); }
  bool broken() const { return broken_; }  // The peer will take no more.

  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

  // Whether there is nobody at the other end. The end of what a peer sends does
  // not tell: it may be waiting for the answer to its last request.
  bool gone() const { return was_reset_ || broken_; }

  // One deadline, which an event follows that it has expired. Arming is cheap:
  // the timer is left to run and put off only when it fires.
  void Arm(els::Duration limit);
  void Disarm();
  bool expired() const { return expired_; }

  // With a FIN, once. By TLS, the peer is told before that this is the end, and
  // not a response that was cut. REQUIRES: !in_handshake().
  void EndSending();
  void Close();
  void CloseWithReset();

  // For the pool: which backend it leads to.
  std::size_t backend = 0;

 private:
  static constexpr els::TimePoint kNever = els::TimePoint::max();

  void Notify();
  void AwaitBytes(tcp::socket::wait_type what);
  void ReceiveAwaited();
  void ReceiveSecurely();
  void OnReceived(const Error& error, std::size_t size);
  void SendSecurely(std::initializer_list<std::string_view> pieces);
  std::size_t Write(std::string_view bytes, Error& error);
  void Push();
  void AwaitRoom();
  void Flush();
  void FinishSending();
  void StartTimer();
  void OnTimer();

  tcp::socket socket_;
  std::unique_ptr<TlsStream> tls_;  // Null: none.
  net::steady_timer timer_;
  Watcher* watcher_ = nullptr;
  InBuffer in_;
  std::string out_;
  std::size_t out_sent_ = 0;  // Of out_.
  els::TimePoint due_ = kNever;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  Error connect_error_;
  bool connecting_ = false;
  bool in_handshake_ = false;
  bool receiving_ = false;
  bool ended_ = false;
  bool was_reset_ = false;
  bool broken_ = false;
  bool sending_ended_ = false;
  bool closed_ = false;
  bool timing_ = false;
  bool expired_ = false;
};

// The one who holds a connection open. Move-only.
class Link {
 public:
  Link() = default;
  explicit Link(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)) {}
  Link(Link&& other) noexcept = default;
  Link& operator=(Link&& other) noexcept {
    Close();
    connection_ = std::move(other.connection_);
    return *this;
  }
  ~Link() { Close(); }

  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

 private:
  void Close() {
    if (connection_ != nullptr) connection_->Close();
  }

  std::shared_ptr<Connection> connection_;
};

}  // namespace access_point
