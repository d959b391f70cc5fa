#include "sim/tuning/journal.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "sim/model/absl_view.h"

namespace els_sim {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kFirstLine = "els-sim tune journal 1";

std::string WhyNot() { return std::strerror(errno != 0 ? errno : EIO); }

// Whole lines alone.
absl::StatusOr<std::string> ReadLines(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file.good()) {
    return absl::NotFoundError(
        absl::StrCat("cannot read ", path, ": ", WhyNot()));
  }
  std::string text = content.str();
  text.resize(text.rfind('\n') + 1);
  return text;
}

bool ReadOptions(absl::string_view words, JournalContent& content) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(words, absl::MaxSplits(' ', 1));
  std::size_t number = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &number)) return false;
  if (number != content.options.size()) return false;
  content.options.emplace_back(parts[1]);
  return true;
}

bool ReadRun(absl::string_view words, JournalContent& content) {
  const std::vector<absl::string_view> parts = absl::StrSplit(words, ' ');
  JournalContent::Run run;
  Outcome& outcome = run.outcome;
  const bool good = parts.size() == 7 &&
                    absl::SimpleAtoi(parts[0], &run.options) &&
                    absl::SimpleAtoi(parts[1], &run.scenario) &&
                    absl::SimpleAtoi(parts[2], &run.seed) &&
                    absl::SimpleAtod(parts[3], &outcome.cost_ns) &&
                    absl::SimpleAtoi(parts[4], &outcome.p99_ns) &&
                    absl::SimpleAtoi(parts[5], &outcome.errors) &&
                    absl::SimpleAtoi(parts[6], &outcome.requests) &&
                    run.options < content.options.size();
  if (good) content.runs.push_back(run);
  return good;
}

bool ReadLine(absl::string_view line, JournalContent& content) {
  if (absl::ConsumePrefix(&line, "argument ")) {
    content.arguments.emplace_back();
    return absl::CUnescape(line, &content.arguments.back());
  }
  if (absl::ConsumePrefix(&line, "start ")) {
    absl::StrAppend(&content.start, line, "\n");
    return true;
  }
  if (absl::ConsumePrefix(&line, "options ")) return ReadOptions(line, content);
  if (absl::ConsumePrefix(&line, "run ")) return ReadRun(line, content);
  return false;
}

std::string Head(const JournalContent& content) {
  std::string text = absl::StrCat(kFirstLine, "\n");
  for (const std::string& argument : content.arguments) {
    absl::StrAppend(&text, "argument ", absl::CEscape(argument), "\n");
  }
  for (const absl::string_view line :
       absl::StrSplit(content.start, '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, "start ", line, "\n");
  }
  return text;
}

}  // namespace

absl::StatusOr<JournalContent> ReadJournal(const std::string& path) {
  const auto text = ReadLines(path);
  if (!text.ok()) return text.status();
  JournalContent content;
  std::size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    ++number;
    if (number == 1 && line == kFirstLine) continue;
    if (number > 1 && (line.empty() || ReadLine(line, content))) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": line ", number, ": \"", absl::CHexEscape(line), "\" is no ",
        number == 1 ? absl::StrCat("\"", kFirstLine, "\"")
                    : "line of a journal of els-sim tune"));
  }
  return content;
}

Journal::Journal(const std::string& path, const JournalContent& content)
    : path_(path) {
  for (std::size_t i = 0; i < content.options.size(); ++i) {
    numbers_[content.options[i]] = i;
  }
  errno = 0;
  file_.open(path, std::ios::binary | std::ios::app);
}

absl::StatusOr<std::unique_ptr<Journal>> Journal::Create(
    const std::string& path, const JournalContent& head) {
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    return absl::AlreadyExistsError(absl::StrCat(
        path, " is there already: continue that search with --resume ", path,
        ", or remove it, or name another with --journal"));
  }
  std::unique_ptr<Journal> journal(new Journal(path, {}));
  absl::Status written = journal->Write(Head(head));
  if (!written.ok()) return written;
  return journal;
}

absl::StatusOr<std::unique_ptr<Journal>> Journal::Continue(
    const std::string& path, const JournalContent& content) {
  const auto lines = ReadLines(path);
  if (!lines.ok()) return lines.status();
  std::error_code error;
  fs::resize_file(path, lines->size(), error);
  std::unique_ptr<Journal> journal(new Journal(path, content));
  if (error) errno = error.value();
  absl::Status written =
      error ? absl::UnavailableError(
                  absl::StrCat("cannot write ", path, ": ", error.message()))
            : journal->Write("");
  if (!written.ok()) return written;
  return journal;
}

absl::Status Journal::Write(std::string_view text) {
  file_ << AbslView(text) << std::flush;
  if (file_.good()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot write ", path_, ": ", WhyNot()));
}

absl::Status Journal::Append(std::string_view options, std::size_t scenario,
                             std::uint64_t seed, const Outcome& outcome) {
  std::string text;
  const auto [known, is_new] =
      numbers_.try_emplace(std::string(options), numbers_.size());
  if (is_new) {
    absl::StrAppend(&text, "options ", known->second, " ", AbslView(options),
                    "\n");
  }
  absl::StrAppendFormat(&text, "run %d %d %d %.17g %d %d %d\n", known->second,
                        scenario, seed, outcome.cost_ns, outcome.p99_ns,
                        outcome.errors, outcome.requests);
  errno = 0;
  return Write(text);
}

}  // namespace els_sim
