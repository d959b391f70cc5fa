#include "els/c_options_text.h"

#include <cstddef>

#include "absl/status/statusor.h"
#include "els/options.h"
#include "els/options_text.h"
#include "src/api/c_call.h"
#include "src/api/c_structs.h"

using els::internal::Guarded;
using els::internal::IsKey;
using els::internal::Message;
using els::internal::TextOf;

els_status els_options_parse(els_options* options, const char* text,
                             size_t size, char* message, size_t message_size) {
  const Message out(message, message_size);
  if (options == nullptr) return out.Refuse("options is a null pointer");
  if (!IsKey({text, size})) return out.Refuse("text is a null pointer");
  return Guarded(out, [&] {
    const absl::StatusOr<els::Options> before =
        els::internal::ReadOptions(options);
    if (!before.ok()) return out.Explain(before.status());
    const absl::StatusOr<els::Options> after =
        els::ParseOptions(TextOf({text, size}), *before);
    if (!after.ok()) return out.Explain(after.status());
    return out.Explain(els::internal::WriteOptions(*after, options));
  });
}
