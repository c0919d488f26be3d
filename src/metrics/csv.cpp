#include "metrics/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "metrics/text.h"

namespace rapidbyte::metrics {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, char separator, std::string_view name)
      : text_(text), separator_(separator), name_(name) {}

  bool at_end() const { return at_ == text_.size(); }

  Result<CsvRecord> Record() {
    CsvRecord record;
    record.line = line_;
    while (true) {
      RB_ASSIGN(std::string field, AtQuote() ? QuotedField() : Result<std::string>(PlainField()));
      record.fields.push_back(std::move(field));
      if (at_end() || TakeLineEnd()) return record;
      if (text_[at_] != separator_) return Wrong(line_, "there is text behind a closing quote");
      ++at_;
    }
  }

 private:
  bool AtQuote() const { return !at_end() && text_[at_] == '"'; }
  bool AtLineEnd() const {
    return text_[at_] == '\n' || (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
  }

  bool TakeLineEnd() {
    if (!AtLineEnd()) return false;
    at_ += text_[at_] == '\r' && at_ + 1 < text_.size() ? 2 : 1;
    ++line_;
    return true;
  }

  std::string PlainField() {
    const size_t begin = at_;
    while (!at_end() && text_[at_] != separator_ && !AtLineEnd()) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<std::string> QuotedField() {
    const size_t first_line = line_;
    std::string field;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] == '"') {
        ++at_;
        if (!AtQuote()) return field;
      }
      field += text_[at_];
    }
    return Wrong(first_line, "a quote is never closed");
  }

  tl::unexpected<Error> Wrong(size_t line, std::string_view what) const {
    return Fail(ErrorCode::kData, fmt::format("{}: {}", Place(name_, line), what));
  }

  std::string_view text_;
  char separator_;
  std::string_view name_;
  size_t at_ = 0;
  size_t line_ = 1;
};

}  // namespace

char DetectSeparator(std::string_view text) {
  size_t commas = 0, semicolons = 0, tabs = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    commas += c == ',';
    semicolons += c == ';';
    tabs += c == '\t';
  }
  if (tabs > std::max(commas, semicolons)) return '\t';
  return semicolons > commas ? ';' : ',';
}

Result<std::vector<CsvRecord>> ReadCsv(std::string_view text, char separator, std::string_view name) {
  std::vector<CsvRecord> records;
  CsvReader reader(text, separator, name);
  while (!reader.at_end()) {
    RB_ASSIGN(CsvRecord record, reader.Record());
    if (record.fields.size() > 1 || !record.fields[0].empty()) records.push_back(std::move(record));
  }
  return records;
}

}  // namespace rapidbyte::metrics
