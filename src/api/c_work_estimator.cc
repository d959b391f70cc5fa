#include "els/c_work_estimator.h"

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/work_estimator.h"
#include "src/api/c_call.h"
#include "src/api/c_structs.h"

struct els_work_estimator {
  explicit els_work_estimator(const els::WorkEstimatorOptions& options)
      : estimator(options) {}

  els::WorkEstimator estimator;
};

using els::internal::FromNanoseconds;
using els::internal::Guarded;
using els::internal::IsKey;
using els::internal::Message;
using els::internal::TextOf;

els_status els_work_estimator_options_init(els_work_estimator_options* options,
                                           size_t struct_size) {
  if (options == nullptr) return ELS_INVALID_ARGUMENT;
  return Guarded({}, [&] {
    return Message().Explain(
        els::internal::WriteDefaults(options, struct_size));
  });
}

els_status els_work_estimator_new(const els_work_estimator_options* options,
                                  els_work_estimator** estimator, char* message,
                                  size_t message_size) {
  const Message out(message, message_size);
  if (estimator == nullptr) return out.Refuse("estimator is a null pointer");
  *estimator = nullptr;
  return Guarded(out, [&] {
    els::WorkEstimatorOptions wanted;
    if (options != nullptr) {
      const absl::StatusOr<els::WorkEstimatorOptions> read =
          els::internal::ReadOptions(options);
      if (!read.ok()) return out.Explain(read.status());
      wanted = *read;
    }
    const absl::Status status = wanted.Validate();
    if (status.ok()) *estimator = new els_work_estimator(wanted);
    return out.Explain(status);
  });
}

void els_work_estimator_free(els_work_estimator* estimator) {
  delete estimator;
}

els_status els_work_estimator_learn(els_work_estimator* estimator, els_id key,
                                    double cost, uint64_t now_ns) {
  if (estimator == nullptr || !IsKey(key)) return ELS_INVALID_ARGUMENT;
  estimator->estimator.Learn(TextOf(key), cost, FromNanoseconds(now_ns));
  return ELS_OK;
}

double els_work_estimator_work(const els_work_estimator* estimator,
                               els_id key) {
  if (estimator == nullptr || !IsKey(key)) return 1;
  return estimator->estimator.Work(TextOf(key));
}
