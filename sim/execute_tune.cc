#include "sim/execute_tune.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "els/options_text.h"
#include "sim/results/progress.h"
#include "sim/results/write_file.h"
#include "sim/tuning/tune.h"
#include "sim/tuning/tune_page.h"
#include "sim/tuning/tune_report.h"

namespace els_sim {
namespace {

constexpr int kInterrupted = 130;  // As shells have it: 128 and SIGINT.

std::atomic<bool> stop = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void OnSignal(int signal) {
  stop = true;
  std::signal(signal, SIG_DFL);
}

class StopsOnSignals {
 public:
  StopsOnSignals() {
    stop = false;
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, OnSignal);
  }
  ~StopsOnSignals() {
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  }
  StopsOnSignals(const StopsOnSignals&) = delete;
  StopsOnSignals& operator=(const StopsOnSignals&) = delete;
};

absl::StatusOr<std::unique_ptr<Journal>> OpenJournal(
    const TuneCommand& command) {
  if (command.known.has_value()) {
    return Journal::Continue(command.journal, *command.known);
  }
  return Journal::Create(command.journal,
                         {.arguments = command.arguments,
                          .start = els::PrintOptions(command.plan.start)});
}

absl::StatusOr<TuneResult> RunTune(const TuneCommand& command,
                                   std::size_t threads) {
  for (const auto& path : {command.out, command.html}) {
    if (!path.has_value()) continue;
    absl::Status writable = CheckWritable(*path);
    if (!writable.ok()) return writable;
  }
  const auto journal = OpenJournal(command);
  if (!journal.ok()) return journal.status();
  const StopsOnSignals stops;
  Progress progress(0);
  return Tune(command.plan,
              {.threads = threads,
               .journal = journal->get(),
               .on_run = [&progress] { progress.Step(); },
               .on_left = [&](std::size_t left) { progress.SetLeft(left); },
               .stopped = [] { return stop.load(); }},
              command.known.has_value() ? &*command.known : nullptr);
}

int Failed(const TuneCommand& command, const absl::Status& status) {
  if (absl::IsCancelled(status)) {
    std::cerr << "els-sim: stopped; to go on: els-sim tune --resume "
              << command.journal << "\n";
    return kInterrupted;
  }
  const bool of_journal = absl::IsFailedPrecondition(status);
  std::cerr << "els-sim: " << (of_journal ? command.journal + ": " : "")
            << status.message() << "\n";
  return EXIT_FAILURE;
}

}  // namespace

int ExecuteTune(const TuneCommand& command, std::size_t threads) {
  const auto result = RunTune(command, threads);
  if (!result.ok()) return Failed(command, result.status());
  std::cout << RenderTune(command.plan, *result);
  const std::string options =
      TunedOptionsText(command.plan, *result, command.arguments);
  if (!command.out.has_value()) std::cout << "\n" << options;
  absl::Status written;
  if (command.out.has_value()) written = WriteFile(*command.out, options);
  if (written.ok() && command.html.has_value()) {
    written = WriteFile(*command.html, TunePage(command.plan, *result));
  }
  if (written.ok() && !std::cout.flush().good()) {
    written = absl::UnavailableError("cannot write the output");
  }
  if (!written.ok()) return Failed(command, written);
  std::error_code ignored;
  if (!command.keep_journal) std::filesystem::remove(command.journal, ignored);
  return EXIT_SUCCESS;
}

}  // namespace els_sim
