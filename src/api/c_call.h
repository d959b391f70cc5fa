#pragma once

// What the calls of the C interface have in common: what their handles hold,
// what a key is, and how an error becomes an els_status.

#include <algorithm>
#include <cstddef>
#include <exception>
#include <new>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "els/balancer.h"
#include "els/c_api.h"

struct els_balancer {
  els::Balancer balancer;
};

struct els_snapshot {
  std::vector<els::BackendSnapshot> backends;
};

namespace els::internal {

// Where the caller wants one line that says what was wrong, if anywhere.
class Message {
 public:
  Message() = default;
  Message(char* text, std::size_t size)
      : text_(text), size_(text == nullptr ? 0 : size) {}

  void Write(std::string_view line) const {
    if (size_ == 0) return;
    const std::size_t length = std::min(line.size(), size_ - 1);
    std::copy_n(line.data(), length, text_);
    text_[length] = '\0';
  }

  els_status Explain(const absl::Status& status) const {
    Write({status.message().data(), status.message().size()});
    if (status.ok()) return ELS_OK;
    return absl::IsInvalidArgument(status) ? ELS_INVALID_ARGUMENT
                                           : ELS_INTERNAL;
  }

  els_status Refuse(std::string_view line) const {
    Write(line);
    return ELS_INVALID_ARGUMENT;
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
};

inline bool IsKey(els_id key) { return key.data != nullptr || key.size == 0; }

// REQUIRES: IsKey(key).
inline std::string_view TextOf(els_id key) {
  return key.size == 0 ? std::string_view()
                       : std::string_view(key.data, key.size);
}

// Returns the els_status that `call` returns. Turns an exception into a status.
template <typename Call>
els_status Guarded(Message message, Call call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    message.Write("out of memory");
    return ELS_NO_MEMORY;
  } catch (const std::exception& error) {
    message.Write(error.what());
    return ELS_INTERNAL;
  } catch (...) {
    message.Write("unknown exception");
    return ELS_INTERNAL;
  }
}

}  // namespace els::internal
