#pragma once

// exp and log that give the same bits on every IEEE 754 machine and compiler.
// The C library's do not: glibc chooses among variants by processor. What must
// be reproducible, as picks and simulations must, uses these.
//
// Both are pure, thread-safe, and take some ten nanoseconds.

namespace els {

// e^x, within 1 ulp; 0 below -708.39 (no subnormal results), infinity above
// 709.78, NaN for NaN.
double Exp(double x);

// The natural logarithm, within 1 ulp; -infinity for 0, NaN below 0 and for
// NaN.
double Log(double x);

}  // namespace els
