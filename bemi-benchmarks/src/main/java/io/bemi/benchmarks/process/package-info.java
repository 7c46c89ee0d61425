/**
 * What comparisons of several processes share: processes that obey, and figures.
 */
@NullMarked
package io.bemi.benchmarks.process;

import org.jspecify.annotations.NullMarked;
