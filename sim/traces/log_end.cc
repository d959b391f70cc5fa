// WithGuessedEnd of log_template.h.

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "sim/model/absl_view.h"
#include "sim/traces/formats.h"
#include "sim/traces/log_template.h"

namespace els_sim {
namespace {

bool AreDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

// As nginx writes it, with milliseconds.
bool LooksLikeTime(absl::string_view text) {
  const std::size_t point = text.find('.');
  return point != text.npos && text.size() == point + 4 &&
         AreDigits(text.substr(0, point)) && AreDigits(text.substr(point + 1));
}

bool LooksLikeAddress(absl::string_view text) {
  if (text.substr(0, 5) == "unix:") return true;
  const std::size_t colon = text.rfind(':');
  return colon != text.npos && colon > 0 && text.find('/') == text.npos &&
         AreDigits(text.substr(colon + 1));
}

bool LooksLikeStatus(absl::string_view text) {
  return text.size() == 3 && AreDigits(text) && text[0] <= '5';
}

// rt="0.050": a word of a line's end, in its parts.
struct EndWord {
  std::string key;    // With its sign: "rt=".
  std::string quote;  // Empty or "\"".
  std::string value;
};

// Cuts the word that `rest` begins with, and the blank after it.
EndWord Cut(std::string_view& rest) {
  EndWord word;
  std::size_t key = 0;
  while (key < rest.size() &&
         (absl::ascii_isalpha(static_cast<unsigned char>(rest[key])) ||
          rest[key] == '_')) {
    ++key;
  }
  if (key > 0 && rest.substr(key).starts_with('=')) {
    word.key = rest.substr(0, key + 1);
    rest.remove_prefix(key + 1);
  }
  if (rest.starts_with('"')) word.quote = "\"";
  const std::string before = word.quote.empty() ? " " : "\"";
  rest.remove_prefix(word.quote.size());
  const std::size_t end =
      std::min(EndOfVariable(rest, before, ""), rest.size());
  word.value = rest.substr(0, end);
  rest.remove_prefix(std::min(end + word.quote.size(), rest.size()));
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  return word;
}

// The words at one place of all lines.
class Place {
 public:
  explicit Place(const EndWord& word) : word_(word) {}

  bool TakeIfAlike(const EndWord& word) {
    if (word.key != word_.key || word.quote != word_.quote) return false;
    for (const absl::string_view part :
         absl::StrSplit(word.value, absl::ByAnyChar(", "), absl::SkipEmpty())) {
      if (part == "-" || part == ":") continue;
      is_known_ = true;
      is_time_ = is_time_ && LooksLikeTime(part);
      is_address_ = is_address_ && LooksLikeAddress(part);
      is_status_ = is_status_ && LooksLikeStatus(part);
      is_integer_ = is_integer_ && AreDigits(part);
    }
    return true;
  }

  bool HasMeaning() const {
    const auto known = GeneralMeaning(Key());
    return !word_.key.empty() && known.has_value() &&
           (known->meaning.unit_ns != 0 ||
            known->meaning.role > ColumnRole::kPart);
  }
  bool IsTime() const { return is_known_ && is_time_ && word_.key.empty(); }
  bool IsAddress() const { return is_known_ && is_address_; }
  bool IsStatus() const { return is_known_ && is_status_; }
  bool IsInteger() const {
    return is_known_ && is_integer_ && word_.key.empty() && word_.quote.empty();
  }
  std::string_view Key() const {
    std::string_view key = word_.key;
    if (!key.empty()) key.remove_suffix(1);
    return key;
  }

  std::string Text() const {
    const std::string name = !name_.empty() ? name_
                             : HasMeaning() ? std::string(Key())
                                            : "word";
    return absl::StrCat(" ", word_.key, word_.quote, "$", name, word_.quote);
  }
  void Name(const char* name) {
    if (name_.empty() && !HasMeaning()) name_ = name;
  }

 private:
  EndWord word_;
  std::string name_;
  bool is_known_ = false;  // Some line has more there than "-".
  bool is_time_ = true;
  bool is_address_ = true;
  bool is_status_ = true;
  bool is_integer_ = true;
};

std::vector<EndWord> WordsAtEnd(std::string_view rest) {
  std::vector<EndWord> words;
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  while (!rest.empty()) words.push_back(Cut(rest));
  return words;
}

// What all lines have that are as the first one is.
std::vector<Place> PlacesOf(const LogTemplate& start,
                            const std::vector<std::string_view>& lines,
                            bool& found) {
  std::vector<Place> places;
  std::vector<std::string> cells;
  for (const std::string_view line : lines) {
    if (!start.Split(line, cells)) continue;
    const std::vector<EndWord> words = WordsAtEnd(cells.back());
    for (std::size_t i = 0; !found && i < words.size(); ++i) {
      places.emplace_back(words[i]);
    }
    found = true;
    if (words.size() != places.size()) continue;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (!places[i].TakeIfAlike(words[i])) break;
    }
  }
  return places;
}

// Returns whether the end is nginx's, with a time.
bool NameTimes(std::vector<Place>& places) {
  std::vector<Place*> times;
  bool is_nginx = false;
  for (Place& place : places) {
    if (place.IsTime()) times.push_back(&place);
    is_nginx = is_nginx || place.IsTime() || place.HasMeaning();
  }
  if (!times.empty()) times.front()->Name("request_time");
  if (times.size() > 1) times.back()->Name("upstream_response_time");
  return is_nginx;
}

template <typename Is>
std::size_t CountIf(const std::vector<Place>& places, Is is) {
  return static_cast<std::size_t>(
      std::count_if(places.begin(), places.end(), is));
}

}  // namespace

std::string WithGuessedEnd(std::string_view text,
                           const std::vector<std::string_view>& lines) {
  constexpr std::string_view kMore = " $more";
  std::string start(text.substr(0, text.size() - kMore.size()));
  const auto parsed = LogTemplate::Parse(start + " $rest");
  bool found = false;
  std::vector<Place> places = PlacesOf(*parsed, lines, found);
  if (!found) return "";
  const auto is_integer = [](const Place& place) { return place.IsInteger(); };
  const auto is_address = [](const Place& place) { return place.IsAddress(); };
  if (NameTimes(places)) {
    const auto address = std::find_if(places.begin(), places.end(), is_address);
    if (address != places.end()) address->Name("upstream_addr");
    const auto status =
        std::find_if(places.rbegin(), places.rend(),
                     [](const Place& place) { return place.IsStatus(); });
    if (status != places.rend()) status->Name("upstream_status");
  } else if (CountIf(places, is_integer) == 1) {
    std::find_if(places.begin(), places.end(), is_integer)->Name("duration_us");
    // Apache's is when the request came, and not when it ended.
    start = absl::StrReplaceAll(start, {{"$time_local", "$start_time"}});
  }
  for (const Place& place : places) start += place.Text();
  return start;
}

}  // namespace els_sim
