#include "examples/access_point/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "examples/access_point/head.h"

namespace access_point {

Connection::Connection(tcp::socket socket, std::size_t first_block)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      in_(first_block, kBlock, kHeadLimit) {
  if (!socket_.is_open()) return;
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

void Connection::Connect(const tcp::endpoint& to) {
  if (socket_.open(to.protocol(), connect_error_)) return;
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  connecting_ = true;
  socket_.async_connect(to,
                        [self = shared_from_this()](const Error& connected) {
                          self->connecting_ = false;
                          self->connect_error_ = connected;
                          self->Notify();
                        });
}

void Connection::TakeFirst(
    std::size_t most, absl::FunctionRef<std::size_t(std::string_view)> take) {
  std::array<char, kMostShown> block;
  Error error;
  const std::size_t size =
      socket_.receive(net::buffer(block.data(), std::min(most, block.size())),
                      tcp::socket::message_peek, error);
  if (error == net::error::would_block) return;
  ended_ = static_cast<bool>(error);
  was_reset_ = error && error != net::error::eof;
  if (ended_) return;
  const std::size_t taken = take({block.data(), size});
  if (taken > 0) socket_.receive(net::buffer(block.data(), taken), 0, error);
}

void Connection::AwaitFirst() {
  socket_.async_wait(
      tcp::socket::wait_read,
      [self = shared_from_this()](const Error&) { self->Notify(); });
}

void Connection::StartTls(std::shared_ptr<const Certificates> certificates) {
  tls_ = std::make_unique<TlsStream>(std::move(certificates),
                                     socket_.native_handle());
  in_handshake_ = true;
}

void Connection::Receive() {
  if (receiving_ || ended_ || closed_) return;
  const std::span<char> space = in_.Space();
  if (space.empty()) return;
  receiving_ = true;
  if (tls_ != nullptr) return AwaitBytes(tcp::socket::wait_read);
  socket_.async_read_some(
      net::buffer(space.data(), space.size()),
      [self = shared_from_this()](const Error& error, std::size_t size) {
        self->OnReceived(error, size);
      });
}

void Connection::ReceiveNext() {
  if (receiving_ || ended_ || closed_) return;
  if (!in_.empty()) return Receive();
  in_.Release();
  receiving_ = true;
  AwaitBytes(tcp::socket::wait_read);
}

void Connection::AwaitBytes(tcp::socket::wait_type what) {
  const auto on_ready = [self = shared_from_this()](const Error&) {
    if (!self->closed_) self->ReceiveAwaited();
  };
  // Nothing more need come into the socket for what TLS holds.
  if (what == tcp::socket::wait_read && tls_ != nullptr && tls_->pending()) {
    return net::post(socket_.get_executor(), [on_ready] { on_ready({}); });
  }
  socket_.async_wait(what, on_ready);
}

void Connection::ReceiveAwaited() {
  if (tls_ != nullptr) return ReceiveSecurely();
  const std::span<char> space = in_.Space();
  Error error;
  const std::size_t size =
      socket_.receive(net::buffer(space.data(), space.size()), 0, error);
  if (error == net::error::would_block) {
    return AwaitBytes(tcp::socket::wait_read);
  }
  OnReceived(error, size);
}

void Connection::ReceiveSecurely() {
  using Next = TlsStream::Next;
  const auto [next, size] = tls_->Read(in_.Space());
  const bool established = in_handshake_ && tls_->established();
  if (established) in_handshake_ = false;
  if (next == Next::kWritable) {
    AwaitBytes(tcp::socket::wait_write);
  } else if (next == Next::kReadable && !established) {
    AwaitBytes(tcp::socket::wait_read);
  } else {
    Error error;
    if (next == Next::kEnd) error = net::error::eof;
    if (next == Next::kFailed) error = net::error::connection_reset;
    OnReceived(error, size);
  }
}

void Connection::OnReceived(const Error& error, std::size_t size) {
  receiving_ = false;
  if (closed_) return;
  in_.Commit(size);
  bytes_in_ += size;
  ended_ = static_cast<bool>(error);
  was_reset_ = error && error != net::error::eof;
  Notify();
}

bool Connection::IsQuiet() {
  if (ended_ || !in_.empty()) return false;
  char byte = 0;
  Error error;
  socket_.receive(net::buffer(&byte, 1), tcp::socket::message_peek, error);
  return error == net::error::would_block;
}

void Connection::Send(std::initializer_list<std::string_view> pieces) {
  constexpr std::size_t kMostPieces = 8;
  std::array<net::const_buffer, kMostPieces> buffers;
  std::size_t count = 0;
  for (const std::string_view piece : pieces) {
    buffers.at(count++) = net::buffer(piece.data(), piece.size());
  }
  if (net::buffer_size(buffers) == 0) return;
  // Pieces would become records, each with a cost.
  if (tls_ != nullptr) return SendSecurely(pieces);
  Error error;
  std::size_t sent = socket_.send(buffers, 0, error);
  if (error && error != net::error::would_block) {
    broken_ = true;
    return;
  }
  bytes_out_ += sent;
  for (const std::string_view piece : pieces) {
    const std::size_t gone = std::min(sent, piece.size());
    out_.append(piece.substr(gone));
    sent -= gone;
  }
  if (sending()) AwaitRoom();
}

void Connection::SendSecurely(std::initializer_list<std::string_view> pieces) {
  for (const std::string_view piece : pieces) out_.append(piece);
  Push();
}

void Connection::AwaitRoom() {
  socket_.async_wait(tcp::socket::wait_write,
                     [self = shared_from_this()](const Error&) {
                       if (!self->closed_) self->Flush();
                     });
}

std::size_t Connection::Write(std::string_view bytes, Error& error) {
  if (tls_ == nullptr) {
    return socket_.send(net::buffer(bytes.data(), bytes.size()), 0, error);
  }
  const auto [next, size] = tls_->Write(bytes);
  if (next == TlsStream::Next::kWritable) error = net::error::would_block;
  if (next == TlsStream::Next::kFailed) error = net::error::connection_reset;
  return size;
}

void Connection::Push() {
  Error error;
  const std::size_t sent =
      Write({out_.data() + out_sent_, out_.size() - out_sent_}, error);
  out_sent_ += sent;
  bytes_out_ += sent;
  broken_ = error && error != net::error::would_block;
  if (broken_ || out_sent_ == out_.size()) {
    out_.clear();
    out_.shrink_to_fit();
    out_sent_ = 0;
  } else {
    AwaitRoom();
  }
}

void Connection::Flush() {
  Push();
  Notify();
}

void Connection::Arm(els::Duration limit) {
  if (closed_) return;
  due_ = Now() + limit;
  expired_ = false;
  if (!timing_ || due_ < timer_.expiry()) StartTimer();
}

void Connection::Disarm() {
  due_ = kNever;
  expired_ = false;
}

void Connection::StartTimer() {
  timing_ = true;
  timer_.expires_at(due_);
  timer_.async_wait([self = shared_from_this()](const Error& cancelled) {
    if (!cancelled) self->OnTimer();
  });
}

void Connection::OnTimer() {
  timing_ = false;
  if (closed_ || due_ == kNever) return;
  if (due_ > Now()) return StartTimer();
  due_ = kNever;
  expired_ = true;
  Notify();
}

// The last thing that a handler does: the connection may be closed by it.
void Connection::Notify() {
  if (!closed_ && watcher_ != nullptr) watcher_->OnEvent(*this);
}

void Connection::EndSending() {
  if (sending_ended_) return;
  sending_ended_ = true;
  FinishSending();
}

void Connection::FinishSending() {
  const bool all_sent = !sending() && !broken_;
  if (tls_ != nullptr && all_sent &&
      tls_->End() == TlsStream::Next::kWritable) {
    return socket_.async_wait(tcp::socket::wait_write,
                              [self = shared_from_this()](const Error&) {
                                if (!self->closed_) self->FinishSending();
                              });
  }
  Error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Connection::Close() {
  if (closed_) return;
  closed_ = true;
  ended_ = true;
  due_ = kNever;
  timer_.cancel();
  Error ignored;
  socket_.close(ignored);
}

void Connection::CloseWithReset() {
  Error ignored;
  socket_.set_option(net::socket_base::linger(true, 0), ignored);
  Close();
}

}  // namespace access_point
