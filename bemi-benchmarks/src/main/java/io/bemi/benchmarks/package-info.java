/**
 * Measurements of what Bemi costs: runs the same work with and without it, and prints
 * both.
 */
@NullMarked
package io.bemi.benchmarks;

import org.jspecify.annotations.NullMarked;
