/**
 * What auditing costs the server: the same load without any, with Bemi, and with a row
 * trigger.
 */
@NullMarked
package io.bemi.benchmarks.source;

import org.jspecify.annotations.NullMarked;
