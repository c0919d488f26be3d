#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <numeric>

#include "metrics/foreign_table.h"
#include "metrics/text.h"

namespace rapidbyte::metrics {
namespace {

// Takes a date and time apart from left to right.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  bool Take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits, or -1.
  int Digits(size_t count) {
    if (text_.size() < count) return -1;
    int number = 0;
    for (size_t i = 0; i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return -1;
      number = number * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return number;
  }
  double Fraction() {
    double fraction = 0, place = 0.1;
    for (int digit = Digits(1); digit >= 0; digit = Digits(1), place /= 10) fraction += digit * place;
    return fraction;
  }

 private:
  std::string_view text_;
};

std::optional<double> ReadDate(TimeReader& reader) {
  const int year = reader.Digits(4);
  if (!reader.Take('-')) return std::nullopt;
  const int month = reader.Digits(2);
  if (!reader.Take('-')) return std::nullopt;
  const int day = reader.Digits(2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count()) * 86400;
}

std::optional<double> ReadClock(TimeReader& reader) {
  const int hour = reader.Digits(2);
  if (hour < 0 || hour > 24 || !reader.Take(':')) return std::nullopt;
  const int minute = reader.Digits(2);
  if (minute < 0 || minute > 59) return std::nullopt;
  double secs = hour * 3600 + minute * 60;
  if (!reader.Take(':')) return secs;
  const int second = reader.Digits(2);
  if (second < 0 || second > 60) return std::nullopt;
  secs += second;
  if (reader.Take('.') || reader.Take(',')) secs += reader.Fraction();
  return secs;
}

std::optional<double> ReadZone(TimeReader& reader) {
  reader.Take(' ');
  if (reader.at_end() || reader.Take('Z')) return 0;
  const int sign = reader.Take('+') ? 1 : reader.Take('-') ? -1 : 0;
  const int hours = reader.Digits(2);
  if (sign == 0 || hours < 0) return std::nullopt;
  reader.Take(':');
  const int minutes = reader.at_end() ? 0 : reader.Digits(2);
  if (minutes < 0) return std::nullopt;
  return sign * (hours * 3600.0 + minutes * 60.0);
}

// What every row's time is, read by `parse`; nothing where one of them is something else.
std::optional<std::vector<double>> TimesOf(const std::vector<ForeignRow>& rows,
                                           const std::function<std::optional<double>(std::string_view)>& parse) {
  std::vector<double> times;
  for (const ForeignRow& row : rows) {
    const auto time = parse(row.time);
    if (!time) return std::nullopt;
    times.push_back(*time);
  }
  return times;
}

}  // namespace

std::optional<double> ParseIsoTime(std::string_view text) {
  TimeReader reader(Trim(text));
  const auto date = ReadDate(reader);
  if (!date || reader.at_end()) return date;
  if (!reader.Take('T') && !reader.Take(' ')) return std::nullopt;
  const auto clock = ReadClock(reader);
  if (!clock) return std::nullopt;
  const auto zone = ReadZone(reader);
  if (!zone || !reader.at_end()) return std::nullopt;
  return *date + *clock - *zone;
}

std::vector<size_t> OrderByTime(const std::vector<ForeignRow>& rows) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  auto times = TimesOf(rows, ParseNumber);
  if (!times) times = TimesOf(rows, ParseIsoTime);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return times ? (*times)[a] < (*times)[b] : rows[a].time < rows[b].time; });
  return order;
}

}  // namespace rapidbyte::metrics
