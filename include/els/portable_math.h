#pragma once

// exp and log that give the same bits on every IEEE 754 machine and compiler.
// Those of the C library do not: glibc chooses a variant by the processor.
// Picks and simulations must be reproducible, so they use these.
//
// Both functions are pure and thread-safe, and take some ten nanoseconds.

namespace els {

// Returns e^x, within 1 ulp. Returns 0 below -708.39 (so no result is
// subnormal), infinity above 709.78, and NaN for NaN.
double Exp(double x);

// Returns the natural logarithm, within 1 ulp. Returns -infinity for 0, and NaN
// below 0 and for NaN.
double Log(double x);

}  // namespace els
