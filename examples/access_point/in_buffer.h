#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace access_point {

// Bytes received and not used yet, in one piece. Begins small, as most messages
// are, and grows up to a limit: what a peer can make us keep is bounded by it.
class InBuffer {
 public:
  // REQUIRES: 0 < first <= block <= limit. It grows to `block` when reads fill
  // it, and to `limit` only when bytes have to be kept that long.
  InBuffer(std::size_t first, std::size_t block, std::size_t limit)
      : first_(first), block_(block), limit_(limit) {}

  std::span<char> bytes() { return {data_.get() + begin_, size()}; }
  std::string_view view() const { return {data_.get() + begin_, size()}; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  // REQUIRES: count <= size().
  void Consume(std::size_t count) { begin_ += count; }

  // Room to receive into; empty if the limit is reached. May move the bytes.
  std::span<char> Space() {
    if (empty()) {
      begin_ = end_ = 0;
      if (full_) Resize(std::max(capacity_, block_));
    }
    if (capacity_ == 0) Resize(first_);
    if (end_ == capacity_) {
      if (begin_ > 0) {
        Resize(capacity_);
      } else {
        Resize(std::min(capacity_ * 2, limit_));
      }
    }
    return {data_.get() + end_, capacity_ - end_};
  }

  // `count` bytes have come into the space.
  void Commit(std::size_t count) {
    end_ += count;
    full_ = end_ == capacity_;
  }

  // Gives back all memory. REQUIRES: empty(), and nothing is being received
  // into the space.
  void Release() {
    begin_ = end_ = capacity_ = 0;
    full_ = false;
    data_.reset();
  }

 private:
  void Resize(std::size_t capacity) {
    const std::size_t kept = size();
    if (capacity == capacity_) {
      std::memmove(data_.get(), data_.get() + begin_, kept);
    } else {
      auto larger = std::make_unique_for_overwrite<char[]>(capacity);
      if (kept > 0) std::memcpy(larger.get(), data_.get() + begin_, kept);
      data_ = std::move(larger);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = kept;
  }

  const std::size_t first_;
  const std::size_t block_;
  const std::size_t limit_;
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool full_ = false;  // By the last read.
};

}  // namespace access_point
