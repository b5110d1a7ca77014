#pragma once
#include <span>

namespace tripartite {

/// Density of the standard normal distribution.
double normal_density(double x);
/// Phi(x), the probability of a value below x; both tails to full relative accuracy.
double normal_cdf(double x);
/// The x with Phi(x) = p, relative error about 1e-15; p = 0 and 1 give -inf and inf. Wichura 1988, algorithm AS 241 (PPND16).
double normal_quantile(double p);
/// The same for each of many, in place and to the bit, several times as fast.
void normal_quantile(std::span<double> p);

}  // namespace tripartite
