/**
 * A PostgreSQL to try the sample on, for when no other is named.
 */
@NullMarked
package io.bemi.sample.embedded;

import org.jspecify.annotations.NullMarked;
