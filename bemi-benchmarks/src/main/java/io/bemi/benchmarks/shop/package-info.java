/**
 * A small application whose past is read: customers and their orders.
 */
@NullMarked
package io.bemi.benchmarks.shop;

import org.jspecify.annotations.NullMarked;
