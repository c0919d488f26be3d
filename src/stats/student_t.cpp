#include "stats/student_t.h"

#include <cmath>

namespace rapidbyte::stats {
namespace {

constexpr int kMostSteps = 2000;
constexpr double kTiny = 1e-300;
constexpr double kEnough = 1e-15;

double AwayFromZero(double value) { return std::abs(value) < kTiny ? kTiny : value; }

// The continued fraction of I_x(a, b), which converges fast for x < (a + 1) / (a + b + 2).
double Fraction(double x, double a, double b) {
  double c = 1;
  double d = 1 / AwayFromZero(1 - (a + b) * x / (a + 1));
  double value = d;
  for (int m = 1; m <= kMostSteps; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / AwayFromZero(1 + even * d);
    c = AwayFromZero(1 + even / c);
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / AwayFromZero(1 + odd * d);
    c = AwayFromZero(1 + odd / c);
    value *= d * c;
    if (std::abs(d * c - 1) < kEnough) break;
  }
  return value;
}

// I_x(a, b); `rest` is 1 - x, given apart so that neither end loses digits.
double IncompleteBeta(double x, double rest, double a, double b) {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log(rest));
  if (x < (a + 1) / (a + b + 2)) return front * Fraction(x, a, b) / a;
  return 1 - front * Fraction(rest, b, a) / b;
}

}  // namespace

double StudentTail(double t, double freedom) {
  if (!std::isfinite(t)) return 0;
  const double scale = freedom + t * t;
  return IncompleteBeta(freedom / scale, t * t / scale, freedom / 2, 0.5);
}

double StudentQuantile(double tail, double freedom) {
  double low = 0;
  double high = 1;
  while (StudentTail(high, freedom) > tail && high < 1e300) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-14 * high; ++i) {
    const double middle = (low + high) / 2;
    (StudentTail(middle, freedom) > tail ? low : high) = middle;
  }
  return high;
}

}  // namespace rapidbyte::stats
