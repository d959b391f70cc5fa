#include "examples/access_point/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <new>
#include <utility>

namespace access_point {
namespace {

// OpenSSL's own way to a socket raises SIGPIPE once the peer has left.
int SocketOf(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool IsPassing(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int ReceiveRaw(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got =
      ::recv(SocketOf(bio), into, static_cast<std::size_t>(size), 0);
  if (got < 0 && IsPassing(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int SendRaw(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(SocketOf(bio), bytes,
                              static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && IsPassing(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long Control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO* NewSocketBio(int socket) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(
        BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
    BIO_meth_set_read(made, ReceiveRaw);
    BIO_meth_set_write(made, SendRaw);
    BIO_meth_set_ctrl(made, Control);
    return made;
  }();
  BIO* const bio = BIO_new(method);
  if (bio == nullptr) throw std::bad_alloc();
  // OpenSSL has room for a pointer only.
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  void* const data = reinterpret_cast<void*>(std::intptr_t{socket});
  BIO_set_data(bio, data);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

void TlsStream::Free::operator()(SSL* ssl) const { SSL_free(ssl); }

TlsStream::TlsStream(std::shared_ptr<const Certificates> certificates,
                     int socket)
    : certificates_(std::move(certificates)),
      ssl_(certificates_->NewConnection()) {
  if (ssl_ == nullptr) throw std::bad_alloc();
  BIO* const bio = NewSocketBio(socket);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

bool TlsStream::established() const {
  return SSL_is_init_finished(ssl_.get()) == 1;
}

bool TlsStream::pending() const { return SSL_has_pending(ssl_.get()) == 1; }

TlsStream::Result TlsStream::Read(std::span<char> into) {
  ERR_clear_error();
  Result result;
  const int done =
      SSL_read_ex(ssl_.get(), into.data(), into.size(), &result.size);
  if (done != 1) result.next = NextOf(done);
  return result;
}

TlsStream::Result TlsStream::Write(std::string_view bytes) {
  ERR_clear_error();
  Result result;
  while (result.size < bytes.size()) {
    const std::string_view rest = bytes.substr(result.size);
    std::size_t written = 0;
    const int done =
        SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &written);
    result.size += written;
    if (done != 1) {
      result.next = NextOf(done);
      break;
    }
  }
  return result;
}

TlsStream::Next TlsStream::End() {
  if (failed_) return Next::kFailed;
  ERR_clear_error();
  const int done = SSL_shutdown(ssl_.get());
  return done >= 0 ? Next::kGoOn : NextOf(done);
}

TlsStream::Next TlsStream::NextOf(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Next::kReadable;
    case SSL_ERROR_WANT_WRITE:
      return Next::kWritable;
    case SSL_ERROR_ZERO_RETURN:
      return Next::kEnd;
    default:
      failed_ = true;
      return Next::kFailed;
  }
}

}  // namespace access_point
