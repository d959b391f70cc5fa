#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "examples/access_point/certificates.h"

namespace access_point {

// The server's end of TLS over a non-blocking socket, which it does not own.
// No call waits; what one would have to wait for is in its result.
class TlsStream {
 public:
  enum class Next : std::uint8_t {
    kGoOn,      // It did some of what was asked.
    kReadable,  // Call again when the socket can be read.
    kWritable,  // Call again when the socket can be written.
    kEnd,       // The peer has said that it sends no more.
    kFailed,    // The peer is gone, or breaks the rules.
  };
  struct Result {
    Next next = Next::kGoOn;
    std::size_t size = 0;  // Of the bytes read or written.
  };

  // `socket` outlives this.
  TlsStream(std::shared_ptr<const Certificates> certificates, int socket);

  // Whether the handshake, which Read carries on, is done.
  bool established() const;

  // REQUIRES: !into.empty().
  Result Read(std::span<char> into);
  // Whether bytes have left the socket that Read has not given.
  bool pending() const;

  // Unless it wrote all, the next bytes have to be those that were not written,
  // and may be followed by others. REQUIRES: established().
  Result Write(std::string_view bytes);

  // Tells the peer that no more will be sent. To be called again for
  // kWritable. REQUIRES: all that was given to Write was written.
  Next End();

 private:
  struct Free {
    void operator()(SSL* ssl) const;
  };

  Next NextOf(int result);

  std::shared_ptr<const Certificates> certificates_;
  std::unique_ptr<SSL, Free> ssl_;
  bool failed_ = false;
};

}  // namespace access_point
