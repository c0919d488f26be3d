// Student's t distribution: its two-sided tail and its quantiles, for means of few values. Pure; any thread.
//
// Source: the regularised incomplete beta function by its continued fraction (DLMF 8.17.22), evaluated by the modified
// Lentz method; the quantile by bisection of the tail, which both make p and interval agree.
#pragma once

namespace rapidbyte::stats {

// P(|T| >= |t|) with `freedom` > 0 degrees of freedom, whole or not. Relative error below 1e-12.
double StudentTail(double t, double freedom);

// The t whose two-sided tail is `tail`, 0 < tail <= 1.
double StudentQuantile(double tail, double freedom);

}  // namespace rapidbyte::stats
