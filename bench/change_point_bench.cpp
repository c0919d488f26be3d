// How often change points are seen where there are none, and found where there are some; how long that takes.
//
//   change_point_bench [SERIES=8000] [SEED=1]
//
// Every share has its 95% Clopper–Pearson interval. A bound holds (PASS) if the whole interval keeps it. Exit code 1
// where one does not. docs/statistics.md has the figures.
#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "stats/change_points.h"

namespace rapidbyte::bench {
namespace {

using Series = std::vector<double>;
using Random = std::mt19937_64;
using Noise = std::function<double(Random&)>;
using Generator = std::function<Series(Random&)>;

double Normal(Random& random) { return std::normal_distribution<double>()(random); }
double Uniform(Random& random) { return std::uniform_real_distribution<double>()(random); }
Noise StudentT(double freedom) {
  return [freedom](Random& random) { return std::student_t_distribution<double>(freedom)(random); };
}
double ContaminatedByCauchy(Random& random) {
  return Uniform(random) < 0.1 ? std::cauchy_distribution<double>(0, 3)(random) : Normal(random);
}
double LogNormal(Random& random) { return std::exp(Normal(random)); }
Noise TwoModes(double share_of_upper) {
  return [=](Random& random) { return (Uniform(random) < share_of_upper ? 20 : 0) + Normal(random); };
}
Noise Ticks(double deviations_per_tick) {
  return [=](Random& random) { return std::round(Normal(random) / deviations_per_tick); };
}

Generator Independent(const Noise& noise, size_t n) {
  return [=](Random& random) {
    Series series(n);
    for (double& value : series) value = noise(random);
    return series;
  };
}

// Mean 0, standard deviation 1.
Generator Autoregressive(double coefficient, size_t n) {
  return [=](Random& random) {
    Series series(n);
    double state = Normal(random);
    for (double& value : series) {
      value = state;
      state = coefficient * state + std::sqrt(1 - coefficient * coefficient) * Normal(random);
    }
    return series;
  };
}

// Adds height to the points from `begin` to before `end`.
Generator Raised(const Generator& base, size_t begin, size_t end, double height) {
  return [=](Random& random) {
    Series series = base(random);
    for (size_t i = begin; i < std::min(end, series.size()); ++i) series[i] += height;
    return series;
  };
}

// Outliers beside each other, of any sign and of 3 to 3 million deviations; a third of them at each end of the series.
// Returns where the first of them is.
size_t AddSpike(Series& series, size_t width, Random& random) {
  const size_t last = series.size() - width;
  const size_t places[] = {0, last, static_cast<size_t>(Uniform(random) * static_cast<double>(last))};
  const size_t place = places[random() % 3];
  const double height = (Uniform(random) < 0.5 ? -3 : 3) * std::pow(10, 6 * Uniform(random));
  for (size_t i = place; i < place + width; ++i) series[i] += height;
  return place;
}

Generator Spiked(const Generator& base, size_t width) {
  return [=](Random& random) {
    Series series = base(random);
    AddSpike(series, width, random);
    return series;
  };
}

Generator WithTrend(const Generator& base, double per_point) {
  return [=](Random& random) {
    Series series = base(random);
    for (size_t i = 0; i < series.size(); ++i) series[i] += per_point * static_cast<double>(i);
    return series;
  };
}

enum class Bound { kNone, kAtMost, kAtLeast };

class Bench {
 public:
  Bench(size_t series, uint64_t seed) : series_(series), seed_(seed) {}

  bool failed() const { return failed_; }
  size_t series() const { return series_; }

  // The share of series in which any change is seen.
  void FalseAlarms(const std::string& name, const Generator& generate, Bound bound, double limit, size_t series) {
    Random random(++seed_);
    size_t alarms = 0;
    for (size_t i = 0; i < series; ++i) alarms += !stats::FindChangePoints(generate(random)).empty();
    Share(name, alarms, series, bound, limit);
  }

  // The share of series in which each of `truth` is found within 3 points; then, what else was found, and how often the
  // range of a change that was found holds the true place.
  void Found(const std::string& name, const Generator& generate, const std::vector<size_t>& truth, Bound bound,
             double limit) {
    Random random(++seed_);
    size_t all_found = 0, more = 0, ranges = 0, covering = 0;
    double width = 0;
    for (size_t i = 0; i < series_; ++i) {
      const std::vector<stats::ChangePoint> changes = stats::FindChangePoints(generate(random));
      size_t found = 0;
      for (const size_t place : truth) {
        bool near = false;
        for (const stats::ChangePoint& change : changes) {
          near |= change.index + 3 >= place && change.index <= place + 3;
        }
        found += near;
      }
      all_found += found == truth.size();
      more += changes.size() > truth.size();
      for (size_t change = 0; changes.size() == truth.size() && change < truth.size(); ++change) {
        ++ranges;
        covering += changes[change].first <= truth[change] && truth[change] <= changes[change].last;
        width += static_cast<double>(changes[change].last - changes[change].first + 1);
      }
    }
    Share(name, all_found, series_, bound, limit);
    std::printf("%-52s too many in %.2f%%; ranges hold the place in %.1f%%, %.1f points wide\n", "",
                100 * Quotient(more, series_), 100 * Quotient(covering, ranges),
                width / static_cast<double>(std::max<size_t>(ranges, 1)));
  }

  // The share of series with a spike that show a change with none within kNear points in the series without the spike.
  void OwedToSpike(const std::string& name, const Generator& generate, Bound bound, double limit) {
    constexpr size_t kNear = 5;
    Random random(++seed_);
    size_t owed = 0;
    for (size_t i = 0; i < series_; ++i) {
      Series series = generate(random);
      const size_t place = AddSpike(series, 1, random);
      const std::vector<stats::ChangePoint> with = stats::FindChangePoints(series);
      series.erase(series.begin() + static_cast<std::ptrdiff_t>(place));
      const std::vector<stats::ChangePoint> without = stats::FindChangePoints(series);
      owed += std::any_of(with.begin(), with.end(), [&](const stats::ChangePoint& change) {
        return std::none_of(without.begin(), without.end(), [&](const stats::ChangePoint& other) {
          const size_t index = other.index + (other.index >= place ? 1 : 0);
          return index <= change.index + kNear && change.index <= index + kNear;
        });
      });
    }
    Share(name, owed, series_, bound, limit);
  }

  void MeanNumber(const std::string& name, const Generator& generate, size_t series) {
    Random random(++seed_);
    size_t total = 0, most = 0;
    for (size_t i = 0; i < series; ++i) {
      const size_t number = stats::FindChangePoints(generate(random)).size();
      total += number;
      most = std::max(most, number);
    }
    std::printf("%-52s %.2f changes on average, %zu at most\n", name.c_str(), Quotient(total, series), most);
  }

  void Time(const std::string& name, const Generator& generate, double limit_secs) {
    Random random(++seed_);
    const Series series = generate(random);
    const std::clock_t start = std::clock();  // CPU time: other programs on the machine do not count
    const size_t found = stats::FindChangePoints(series).size();
    const double secs = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("%-52s %.3f s, %zu changes%s\n", name.c_str(), secs, found, Verdict(secs < limit_secs));
  }

 private:
  static double Quotient(size_t part, size_t whole) {
    return static_cast<double>(part) / static_cast<double>(std::max<size_t>(whole, 1));
  }

  const char* Verdict(bool holds) {
    failed_ |= !holds;
    return holds ? "  PASS" : "  FAIL";
  }

  void Share(const std::string& name, size_t hits, size_t series, Bound bound, double limit) {
    using Binomial = boost::math::binomial_distribution<double>;
    const auto trials = static_cast<double>(series);
    const double lower = Binomial::find_lower_bound_on_p(trials, static_cast<double>(hits), 0.025);
    const double upper = hits == series ? 1 : Binomial::find_upper_bound_on_p(trials, static_cast<double>(hits), 0.025);
    std::printf("%-52s %6.2f%%  (%.2f to %.2f)", name.c_str(), 100 * Quotient(hits, series), 100 * lower, 100 * upper);
    if (bound == Bound::kAtMost) std::printf("  at most %g%%%s", 100 * limit, Verdict(upper <= limit));
    if (bound == Bound::kAtLeast) std::printf("  at least %g%%%s", 100 * limit, Verdict(lower >= limit));
    std::printf("\n");
  }

  size_t series_;
  uint64_t seed_;
  bool failed_ = false;
};

void MeasureFalseAlarms(Bench& bench) {
  const size_t n = 100;
  const size_t series = bench.series();
  const std::vector<std::pair<std::string, Noise>> noises = {
      {"normal", Normal},
      {"Student t, 3 degrees of freedom", StudentT(3)},
      {"Student t, 2 degrees of freedom", StudentT(2)},
      {"normal, one in ten Cauchy", ContaminatedByCauchy},
      {"lognormal", LogNormal},
      {"two narrow modes, 80/20", TwoModes(0.2)},
      {"two narrow modes, 50/50", TwoModes(0.5)},
      {"normal, in ticks of 1 deviation", Ticks(1)},
      {"normal, in ticks of 3 deviations", Ticks(3)},
  };
  std::printf("No change, 100 points: a change is seen in\n");
  for (const auto& [name, noise] : noises) {
    bench.FalseAlarms("  " + name, Independent(noise, n), Bound::kAtMost, 0.02, series);
  }
  bench.FalseAlarms("  normal, one spike", Spiked(Independent(Normal, n), 1), Bound::kAtMost, 0.02, series);
  bench.FalseAlarms("  normal, spike of two points", Spiked(Independent(Normal, n), 2), Bound::kNone, 0, series);
  bench.FalseAlarms("  normal, spike of three points", Spiked(Independent(Normal, n), 3), Bound::kNone, 0, series);
  bench.FalseAlarms("  AR(1), 0.5", Autoregressive(0.5, n), Bound::kAtMost, 0.05, series);
  for (const double coefficient : {-0.5, 0.2, 0.3, 0.4, 0.7, 0.9}) {
    char name[32];
    std::snprintf(name, sizeof name, "  AR(1), %.1f", coefficient);
    bench.FalseAlarms(name, Autoregressive(coefficient, n), Bound::kNone, 0, series / 2);
  }
  std::printf("Other lengths\n");
  for (const size_t length : {10, 12, 30, 300, 1000, 10000}) {
    const size_t fewer = std::max<size_t>(series * 100 / std::max<size_t>(length, 200), 50);
    const std::string points = ", " + std::to_string(length) + " points";
    bench.FalseAlarms("  normal" + points, Independent(Normal, length), Bound::kNone, 0, fewer);
    bench.FalseAlarms("  Student t, 2 d.f." + points, Independent(StudentT(2), length), Bound::kNone, 0, fewer);
    bench.FalseAlarms("  AR(1), 0.5" + points, Autoregressive(0.5, length), Bound::kNone, 0, fewer);
  }
}

void MeasureSpikes(Bench& bench) {
  const size_t n = 100;
  std::printf("A spike in 100 points: a change that is not there without it is seen in\n");
  bench.OwedToSpike("  normal", Independent(Normal, n), Bound::kAtMost, 0.002);
  bench.OwedToSpike("  AR(1), 0.5", Autoregressive(0.5, n), Bound::kAtMost, 0.005);
  bench.OwedToSpike("  Student t, 2 degrees of freedom", Independent(StudentT(2), n), Bound::kNone, 0);
  bench.OwedToSpike("  normal, 1 deviation in the middle", Raised(Independent(Normal, n), 50, n, 1), Bound::kNone, 0);
}

void MeasurePower(Bench& bench) {
  const size_t n = 100;
  const Generator normal = Independent(Normal, n);
  const Generator correlated = Autoregressive(0.5, n);
  std::printf("Steps, 100 points: found within 3 points in\n");
  bench.Found("  normal, 2 deviations, 10 points ago", Raised(normal, 90, n, 2), {90}, Bound::kAtLeast, 0.9);
  bench.Found("  normal, 3 deviations, 10 points ago", Raised(normal, 90, n, 3), {90}, Bound::kAtLeast, 0.9);
  bench.Found("  normal, 5 deviations, 10 points ago", Raised(normal, 90, n, 5), {90}, Bound::kAtLeast, 0.9);
  bench.Found("  normal, 5 deviations, 5 points ago", Raised(normal, 95, n, 5), {95}, Bound::kNone, 0);
  bench.Found("  normal, 1 deviation in the middle", Raised(normal, 50, n, 1), {50}, Bound::kNone, 0);
  bench.Found("  normal, 2 deviations in the middle", Raised(normal, 50, n, 2), {50}, Bound::kAtLeast, 0.9);
  bench.Found("  normal, levels 0 3 0 6", Raised(Raised(normal, 25, 50, 3), 75, n, 6), {25, 50, 75}, Bound::kAtLeast,
              0.9);
  bench.Found("  normal, 5 deviations for 10 points", Raised(normal, 50, 60, 5), {50, 60}, Bound::kAtLeast, 0.9);
  bench.Found("  t (2 d.f.), 5 scales, 10 points ago", Raised(Independent(StudentT(2), n), 90, n, 5), {90},
              Bound::kNone, 0);
  bench.Found("  AR(1) 0.5, 2 deviations, 10 points ago", Raised(correlated, 90, n, 2), {90}, Bound::kNone, 0);
  bench.Found("  AR(1) 0.5, 3 deviations, 10 points ago", Raised(correlated, 90, n, 3), {90}, Bound::kNone, 0);
  bench.Found("  AR(1) 0.5, 5 deviations, 10 points ago", Raised(correlated, 90, n, 5), {90}, Bound::kNone, 0);
  bench.Found("  AR(1) 0.5, 3 deviations in the middle", Raised(correlated, 50, n, 3), {50}, Bound::kNone, 0);
}

void MeasureTrends(Bench& bench) {
  std::printf("Linear trends, 100 points\n");
  const size_t series = std::max<size_t>(bench.series() / 10, 1);
  for (const double rise : {1, 3, 10, 100}) {
    bench.MeanNumber("  normal, rising by " + std::to_string(static_cast<int>(rise)) + " deviations in all",
                     WithTrend(Independent(Normal, 100), rise / 100), series);
  }
}

void MeasureTime(Bench& bench) {
  const size_t n = 100'000;
  const Generator steps = [=](Random& random) {
    Series series = Independent(Normal, n)(random);
    for (size_t i = 0; i < n; ++i) series[i] += static_cast<double>((i / 100 * 7919) % 11) * 3;
    return series;
  };
  std::printf("Time, 100,000 points\n");
  bench.Time("  normal, no change", Independent(Normal, n), 1);
  bench.Time("  normal, level changes every 100 points", steps, 1);
  bench.Time("  AR(1) 0.5, no change", Autoregressive(0.5, n), 1);
  bench.Time("  AR(1) 0.9, no change", Autoregressive(0.9, n), 1);
  bench.Time("  random walk", Autoregressive(0.9999, n), 1);
  bench.Time("  trend of 1000 deviations", WithTrend(Independent(Normal, n), 0.01), 1);
  bench.Time("  trend alone", WithTrend(Independent([](Random&) { return 0.0; }, n), 1), 1);
}

int Main(int argc, char** argv) {
  const size_t series = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 8000;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  if (series == 0) {
    std::fprintf(stderr, "usage: change_point_bench [SERIES] [SEED], with at least one series\n");
    return 2;
  }
  Bench bench(series, seed * 1000);
  std::printf("%zu series each, seed %llu\n", series, static_cast<unsigned long long>(seed));
  MeasureFalseAlarms(bench);
  MeasurePower(bench);
  MeasureTrends(bench);
  MeasureTime(bench);
  MeasureSpikes(bench);
  return bench.failed() ? 1 : 0;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
