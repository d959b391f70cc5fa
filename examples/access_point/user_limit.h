#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "examples/access_point/net.h"

namespace access_point {

// How many connections one user may have at a time. A user is an IPv4 address,
// or the first 64 bits of an IPv6 address: who has one has all the others of
// its network. Thread-safe.
class UserLimit {
 public:
  using Key = std::array<std::uint8_t, 16>;

  // Nothing: no limit, and nobody is counted.
  explicit UserLimit(std::optional<std::size_t> most) : most_(most) {}
  UserLimit(const UserLimit&) = delete;
  UserLimit& operator=(const UserLimit&) = delete;

  // One of a user's connections, counted until this is destroyed. Move-only;
  // the limit outlives it.
  class Place {
   public:
    Place(Place&& other) noexcept
        : limit_(std::exchange(other.limit_, nullptr)), key_(other.key_) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(limit_, other.limit_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Place() {
      if (limit_ != nullptr) limit_->Leave(key_);
    }

   private:
    friend class UserLimit;
    Place(UserLimit* limit, const Key& key) : limit_(limit), key_(key) {}

    UserLimit* limit_;  // Null: not counted.
    Key key_;
  };

  // Nothing if the user has as many connections as it may.
  [[nodiscard]] std::optional<Place> Enter(const net::ip::address& user) {
    if (!most_) return Place(nullptr, {});
    const Key key = KeyOf(user);
    const std::lock_guard lock(mutex_);
    std::size_t& count = counts_[key];
    if (count >= *most_) return std::nullopt;
    ++count;
    return Place(this, key);
  }

 private:
  static Key KeyOf(const net::ip::address& user) {
    Key key = {};
    if (user.is_v4()) {
      key =
          net::ip::make_address_v6(net::ip::v4_mapped, user.to_v4()).to_bytes();
    } else {
      key = user.to_v6().to_bytes();
      if (!user.to_v6().is_v4_mapped()) {
        std::fill(key.begin() + key.size() / 2, key.end(), std::uint8_t{0});
      }
    }
    return key;
  }

  void Leave(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(key);
    if (--found->second == 0) counts_.erase(found);
  }

  const std::optional<std::size_t> most_;
  std::mutex mutex_;  // Guards the count of each user, none of which is 0.
  std::map<Key, std::size_t> counts_;
};

}  // namespace access_point
