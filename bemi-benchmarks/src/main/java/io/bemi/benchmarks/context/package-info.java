/**
 * What auditing costs a JPA transaction: the same application without any, with Bemi, and
 * with other ways to audit.
 */
@NullMarked
package io.bemi.benchmarks.context;

import org.jspecify.annotations.NullMarked;
