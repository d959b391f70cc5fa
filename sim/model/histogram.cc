#include "sim/model/histogram.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace els_sim {
namespace {

// Values of up to so many bits have a bucket each; of longer ones, those that
// agree in so many leading bits share one.
constexpr int kBits = 11;
constexpr std::size_t kHalf = std::size_t{1} << (kBits - 1);

std::size_t IndexOf(std::uint64_t value) {
  const int shift =
      std::max(static_cast<int>(std::bit_width(value)) - kBits, 0);
  return static_cast<std::size_t>(shift) * kHalf +
         static_cast<std::size_t>(value >> shift);
}

std::uint64_t LeastOf(std::size_t index) {
  if (index < 2 * kHalf) return index;
  const std::size_t shift = index / kHalf - 1;
  return std::uint64_t{index - shift * kHalf} << shift;
}

}  // namespace

void Histogram::Add(Duration duration) {
  const auto value = static_cast<std::uint64_t>(duration.count());
  const std::size_t index = IndexOf(value);
  if (index >= buckets_.size()) buckets_.resize(index + 1);
  ++buckets_[index].count;
  buckets_[index].above += value - LeastOf(index);
  ++count_;
}

void Histogram::Merge(const Histogram& other) {
  buckets_.resize(std::max(buckets_.size(), other.buckets_.size()));
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    buckets_[i].count += other.buckets_[i].count;
    buckets_[i].above += other.buckets_[i].above;
  }
  count_ += other.count_;
}

FractionalDuration Histogram::Mean() const {
  if (empty()) return {};
  double sum = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const Bucket& bucket = buckets_[i];
    sum += static_cast<double>(bucket.count) * static_cast<double>(LeastOf(i)) +
           static_cast<double>(bucket.above);
  }
  return FractionalDuration(sum / static_cast<double>(count_));
}

Duration Histogram::Quantile(std::uint64_t thousandths) const {
  if (empty()) return {};
  // Without the product, which may be beyond 64 bits.
  std::uint64_t left =
      count_ / 1000 * thousandths + (count_ % 1000 * thousandths + 999) / 1000;
  std::size_t i = 0;
  for (; left > buckets_[i].count; ++i) left -= buckets_[i].count;
  const Bucket& bucket = buckets_[i];
  return Duration(
      static_cast<std::int64_t>(LeastOf(i) + bucket.above / bucket.count));
}

std::string Histogram::Line() const {
  std::string line;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const auto [count, above] = buckets_[i];
    if (count == 0) continue;
    absl::StrAppend(&line, line.empty() ? "" : " ", i, " ", count, " ", above);
  }
  return line;
}

std::optional<Histogram> Histogram::FromLine(std::string_view line) {
  constexpr auto kLongest = std::numeric_limits<Duration::rep>::max();
  Histogram histogram;
  const auto words = absl::StrSplit(absl::string_view(line.data(), line.size()),
                                    ' ', absl::SkipEmpty());
  for (auto word = words.begin(); word != words.end();) {
    std::size_t index = 0;
    Bucket bucket;
    const auto read = [&word, &words](std::uint64_t& value) {
      return word != words.end() && absl::SimpleAtoi(*word++, &value);
    };
    if (!read(index) || !read(bucket.count) || !read(bucket.above) ||
        index < histogram.buckets_.size() || bucket.count == 0 ||
        index > IndexOf(kLongest)) {
      return std::nullopt;
    }
    histogram.buckets_.resize(index + 1);
    histogram.buckets_[index] = bucket;
    histogram.count_ += bucket.count;
  }
  return histogram;
}

}  // namespace els_sim
