/**
 * A program of its own that records: from a configuration of databases to their changes
 * in one store, shared out among the instances that run.
 */
@NullMarked
package io.bemi.worker;

import org.jspecify.annotations.NullMarked;
