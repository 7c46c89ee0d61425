/**
 * What comparisons of several processes share: processes that obey, their processor time,
 * and figures.
 */
@NullMarked
package io.bemi.benchmarks.process;

import org.jspecify.annotations.NullMarked;
