#include "stats/student_t.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rapidbyte::stats {
namespace {

// Closed forms: with 1 degree of freedom the Cauchy distribution, with 2 and with 4 an algebraic one.
TEST(StudentTail, AgreesWithClosedForms) {
  for (const double t : {0.0, 0.01, 0.3, 1.0, 2.5, 12.0, 400.0}) {
    EXPECT_NEAR(StudentTail(t, 1), 1 - 2 * std::atan(t) / M_PI, 1e-12) << t;
    EXPECT_NEAR(StudentTail(t, 2), 1 - t / std::sqrt(2 + t * t), 1e-12) << t;
    const double s = t / std::sqrt(4 + t * t);
    EXPECT_NEAR(StudentTail(t, 4), 1 - s * (1 + (1 - s * s) / 2), 1e-12) << t;
    EXPECT_EQ(StudentTail(-t, 3), StudentTail(t, 3));
  }
}

TEST(StudentTail, BecomesNormal) { EXPECT_NEAR(StudentTail(1.959963985, 1e7), 0.05, 1e-6); }

TEST(StudentQuantile, InvertsTheTail) {
  EXPECT_NEAR(StudentQuantile(0.05, 1), std::tan(0.475 * M_PI), 1e-9);
  for (const double freedom : {1.0, 2.5, 9.0, 50.0}) {
    for (const double tail : {1e-6, 0.01, 0.05, 0.5, 0.99}) {
      EXPECT_NEAR(StudentTail(StudentQuantile(tail, freedom), freedom), tail, 1e-12) << freedom;
    }
  }
}

}  // namespace
}  // namespace rapidbyte::stats
